package dev.remora.torture.check;

import dev.remora.server.linearizable.Model;
import java.util.Optional;

/** One key of v2 that is there or not: its state is its value. */
final class RegisterModel
    implements Model<Optional<String>, RegisterModel.Input, RegisterModel.Output> {
  /** What can be asked. */
  sealed interface Input {
    String key();

    record Read(String key) implements Input {}

    /**
     * Writes or deletes.
     *
     * @param next the new value; empty to delete
     * @param condition of the value before; empty means that the key is not there
     */
    record Change(String key, Optional<String> next, Condition condition) implements Input {}
  }

  /** When a change is made. */
  sealed interface Condition {
    /** Whether it holds for the value before. */
    boolean holds(Optional<String> value);

    record Always() implements Condition {
      @Override
      public boolean holds(Optional<String> value) {
        return true;
      }
    }

    record Exists(boolean isThere) implements Condition {
      @Override
      public boolean holds(Optional<String> value) {
        return value.isPresent() == isThere;
      }
    }

    record Equals(String expected) implements Condition {
      @Override
      public boolean holds(Optional<String> value) {
        return value.equals(Optional.of(expected));
      }
    }
  }

  /** What is answered. */
  sealed interface Output {
    record Value(Optional<String> value) implements Output {}

    record Done(boolean isDone) implements Output {}
  }

  @Override
  public Optional<String> initial() {
    return Optional.empty();
  }

  @Override
  public Step<Optional<String>, Output> step(Optional<String> state, Input input) {
    return switch (input) {
      case Input.Read _ -> new Step<>(state, new Output.Value(state));
      case Input.Change(_, Optional<String> next, Condition condition) ->
          condition.holds(state)
              ? new Step<>(next, new Output.Done(true))
              : new Step<>(state, new Output.Done(false));
    };
  }

  @Override
  public boolean onlyLooked(Input input, Output output) {
    return switch (output) {
      case Output.Value _ -> true;
      case Output.Done(boolean isDone) -> !isDone;
    };
  }
}
