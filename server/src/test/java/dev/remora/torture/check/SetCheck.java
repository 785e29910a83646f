package dev.remora.torture.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.remora.torture.client.Call;
import dev.remora.torture.client.Outcome;
import dev.remora.torture.client.Reply;
import dev.remora.torture.client.Request;
import dev.remora.torture.workload.OrderedSets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Every element whose addition was acknowledged is in every later read of its set, once; none is
 * there whose addition was refused; and a read in order is in the order of addition.
 */
final class SetCheck {
  private static final String TARGET = "/v2/keys" + OrderedSets.SETS;

  private final List<String> problems = new ArrayList<>();

  /** Set to element to the time its addition was acknowledged. */
  private final Map<String, Map<String, Long>> added = new HashMap<>();

  private final Set<String> notDone = new HashSet<>();

  private SetCheck() {}

  static List<String> check(List<Call> calls) {
    SetCheck check = new SetCheck();
    List<Call> ours =
        calls.stream().filter(call -> call.request().target().startsWith(TARGET)).toList();
    ours.forEach(check::learn);
    ours.forEach(check::judge);
    return check.problems;
  }

  private void learn(Call call) {
    if (!(call.request() instanceof Request.Keys keys) || !keys.method().equals("POST")) {
      return;
    }
    switch (call.outcome()) {
      case Outcome.Answered(Reply reply) when reply.isOk() ->
          added
              .computeIfAbsent(keys.key(), _ -> new HashMap<>())
              .put(keys.parameter("value"), call.completedNanos());
      case Outcome.Answered _, Outcome.NotDone _ -> notDone.add(keys.parameter("value"));
      case Outcome.Unknown _ -> {}
    }
  }

  private void judge(Call call) {
    if (!(call.request() instanceof Request.Keys keys)
        || !keys.method().equals("GET")
        || !(call.outcome() instanceof Outcome.Answered(Reply reply))) {
      return;
    }
    Map<String, Integer> times = new HashMap<>();
    long last = 0;
    for (JsonNode element : reply.json().path("node").path("nodes")) {
      String value = element.path("value").asText();
      times.merge(value, 1, Integer::sum);
      if (notDone.contains(value)) {
        problems.add("sets: %s was refused, yet is in %s".formatted(value, keys.key()));
      }
      long created = element.path("createdIndex").asLong();
      if (created <= last) {
        problems.add("sets: %s is out of order in %s".formatted(value, keys.key()));
      }
      last = created;
    }
    times.forEach((value, count) -> {
      if (count > 1) {
        problems.add("sets: %s is %d times in %s".formatted(value, count, keys.key()));
      }
    });
    added
        .getOrDefault(keys.key(), Map.of())
        .forEach((value, acknowledged) -> {
          if (acknowledged < call.invokedNanos() && !times.containsKey(value)) {
            problems.add("sets: %s was acknowledged, and is missing in %s".formatted(value, call));
          }
        });
  }
}
