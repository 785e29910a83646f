package dev.remora.server.linearizable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Makes histories that are linearizable, since one register answers all; and spoils them. */
final class RandomHistories {
  private final RandomGenerator random;
  private final int values;
  private final int clients;
  private final Register<Integer> register = new Register<>();

  /** A call that is under way, and its answer if it has taken effect. */
  private record Pending(
      int number, Register.Input<Integer> input, Optional<Register.Output<Integer>> answer) {}

  /**
   * Prepares a source.
   *
   * @param values how many different ones are written
   * @param clients how many call at the same time
   */
  RandomHistories(RandomGenerator random, int values, int clients) {
    this.random = random;
    this.values = values;
    this.clients = clients;
  }

  /** A history of one register; one operation in eight is given up by its client. */
  List<Operation<Register.Input<Integer>, Register.Output<Integer>>> next(int operations) {
    History<Register.Input<Integer>, Register.Output<Integer>> history = new History<>();
    TreeMap<Integer, Pending> pending = new TreeMap<>();
    Optional<Integer> state = register.initial();
    int called = 0;
    while (called < operations || !pending.isEmpty()) {
      int client = random.nextInt(clients);
      Pending own = pending.remove(client);
      if (own == null) {
        if (called < operations) {
          Register.Input<Integer> input = input();
          pending.put(client, new Pending(history.invoke(client, input), input, Optional.empty()));
          called++;
        }
      } else if (own.answer().isEmpty() && !isGivenUp()) {
        Model.Step<Optional<Integer>, Register.Output<Integer>> step =
            register.step(state, own.input());
        state = step.next();
        pending.put(client, new Pending(own.number(), own.input(), Optional.of(step.output())));
      } else if (!isGivenUp()) {
        own.answer().ifPresent(answer -> history.complete(own.number(), answer));
      }
    }
    return history.operations();
  }

  /** Then it stays open, whether or not it has taken effect. */
  private boolean isGivenUp() {
    return random.nextInt(16) == 0;
  }

  private Register.Input<Integer> input() {
    return switch (random.nextInt(5)) {
      case 0, 1 -> new Register.Input.Read<>("");
      case 2, 3 -> new Register.Input.Write<>("", value());
      default -> new Register.Input.CompareAndSet<>("", Optional.of(value()), value());
    };
  }

  private int value() {
    return random.nextInt(values);
  }

  /** The same history with another answer to one operation; itself if there is no answer. */
  List<Operation<Register.Input<Integer>, Register.Output<Integer>>> spoiled(
      List<Operation<Register.Input<Integer>, Register.Output<Integer>>> history) {
    List<Operation<Register.Input<Integer>, Register.Output<Integer>>> spoiled =
        new ArrayList<>(history);
    List<Integer> telling =
        IntStream.range(0, history.size()).filter(i -> tells(history.get(i))).boxed().toList();
    if (!telling.isEmpty()) {
      int at = telling.get(random.nextInt(telling.size()));
      Operation<Register.Input<Integer>, Register.Output<Integer>> old = history.get(at);
      spoiled.set(
          at,
          new Operation<>(
              old.client(), old.invoked(), old.completed(), old.input(), other(old.output())));
    }
    return spoiled;
  }

  private static boolean tells(
      Operation<Register.Input<Integer>, Register.Output<Integer>> operation) {
    return !operation.isOpen() && !(operation.input() instanceof Register.Input.Write);
  }

  private Register.Output<Integer> other(Register.@Nullable Output<Integer> answer) {
    return switch (answer) {
      case Register.Output.Value<Integer>(Optional<Integer> value) ->
          new Register.Output.Value<>(
              Optional.of((value.orElse(0) + 1 + random.nextInt(values - 1)) % values));
      case Register.Output.Compared<Integer>(boolean wasEqual) ->
          new Register.Output.Compared<>(!wasEqual);
      case null, default -> throw new IllegalArgumentException("nothing to change in " + answer);
    };
  }
}
