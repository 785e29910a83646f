package dev.remora.torture.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.remora.server.linearizable.Linearizability;
import dev.remora.server.linearizable.Operation;
import dev.remora.server.linearizable.Verdict;
import dev.remora.torture.client.Call;
import dev.remora.torture.client.Outcome;
import dev.remora.torture.client.Reply;
import dev.remora.torture.client.Request;
import dev.remora.torture.workload.Registers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Searches for an order of the calls of each register that explains their answers. */
final class RegisterCheck {
  /** What was seen at an index, since a comparison may name an index instead of a value. */
  private final Map<String, String> values = new HashMap<>();

  private final List<Operation<RegisterModel.Input, RegisterModel.Output>> operations =
      new ArrayList<>();

  private RegisterCheck() {}

  static List<String> check(List<Call> calls) {
    RegisterCheck check = new RegisterCheck();
    List<Call> ours =
        calls.stream()
            .filter(call -> call.request().target().startsWith("/v2/keys" + Registers.REGISTERS))
            .toList();
    ours.forEach(check::learn);
    ours.forEach(check::add);
    return switch (Linearizability.checkKeys(
        new RegisterModel(), RegisterModel.Input::key, check.operations)) {
      case Verdict.Linearizable() -> List.of();
      case Verdict.Violation(String explanation) ->
          List.of("registers: not linearizable, " + explanation);
      case Verdict.Undecided(String explanation) -> List.of("registers: undecided, " + explanation);
    };
  }

  private void learn(Call call) {
    if (call.outcome() instanceof Outcome.Answered(Reply reply)) {
      JsonNode node = reply.json().path("node");
      if (node.has("value")) {
        values.put(node.path("modifiedIndex").asText(), node.path("value").asText());
      }
    }
  }

  private void add(Call call) {
    if (!(call.request() instanceof Request.Keys keys)) {
      return;
    }
    boolean isRead = keys.method().equals("GET");
    RegisterModel.Input input =
        isRead
            ? new RegisterModel.Input.Read(keys.key())
            : new RegisterModel.Input.Change(keys.key(), next(keys), condition(keys));
    switch (call.outcome()) {
      case Outcome.Answered(Reply reply) ->
          operations.add(
              new Operation<>(
                  call.process(),
                  call.invokedNanos(),
                  Math.max(call.completedNanos(), call.invokedNanos() + 1),
                  input,
                  isRead
                      ? new RegisterModel.Output.Value(read(reply))
                      : new RegisterModel.Output.Done(reply.isOk())));
      case Outcome.Unknown _ when !isRead ->
          operations.add(
              new Operation<>(call.process(), call.invokedNanos(), Operation.OPEN, input, null));
      case Outcome.Unknown _, Outcome.NotDone _ -> {}
    }
  }

  private static Optional<String> read(Reply reply) {
    return reply.isOk()
        ? Optional.of(reply.json().path("node").path("value").asText())
        : Optional.empty();
  }

  private static Optional<String> next(Request.Keys keys) {
    return keys.method().equals("DELETE") ? Optional.empty() : Optional.of(keys.parameter("value"));
  }

  private RegisterModel.Condition condition(Request.Keys keys) {
    String index = keys.parameter("prevIndex");
    if (!index.isEmpty()) {
      return new RegisterModel.Condition.Equals(values.getOrDefault(index, "?" + index));
    }
    if (!keys.parameter("prevValue").isEmpty()) {
      return new RegisterModel.Condition.Equals(keys.parameter("prevValue"));
    }
    if (!keys.parameter("prevExist").isEmpty()) {
      return new RegisterModel.Condition.Exists(keys.parameter("prevExist").equals("true"));
    }
    return keys.method().equals("DELETE")
        ? new RegisterModel.Condition.Exists(true)
        : new RegisterModel.Condition.Always();
  }
}
