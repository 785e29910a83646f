package dev.remora.server.linearizable;

import java.util.Optional;

/** A value under a key that is read, written, and compared and set. */
public final class Register<V>
    implements Model<Optional<V>, Register.Input<V>, Register.Output<V>> {
  /** What can be asked. */
  public sealed interface Input<V> {
    /** The key of the register. */
    String key();

    record Read<V>(String key) implements Input<V> {}

    record Write<V>(String key, V value) implements Input<V> {}

    /** Writes {@code next} if the value is {@code expected}; empty is the value of no write. */
    record CompareAndSet<V>(String key, Optional<V> expected, V next) implements Input<V> {}
  }

  /** What is answered. */
  public sealed interface Output<V> {
    record Value<V>(Optional<V> value) implements Output<V> {}

    record Written<V>() implements Output<V> {}

    /** Whether the value was the expected one, and so was replaced. */
    record Compared<V>(boolean wasEqual) implements Output<V> {}
  }

  @Override
  public Optional<V> initial() {
    return Optional.empty();
  }

  @Override
  public Step<Optional<V>, Output<V>> step(Optional<V> state, Input<V> input) {
    return switch (input) {
      case Input.Read<V> _ -> new Step<>(state, new Output.Value<>(state));
      case Input.Write<V>(_, V value) -> new Step<>(Optional.of(value), new Output.Written<>());
      case Input.CompareAndSet<V>(_, Optional<V> expected, V next) -> {
        boolean isEqual = state.equals(expected);
        yield new Step<>(isEqual ? Optional.of(next) : state, new Output.Compared<>(isEqual));
      }
    };
  }

  @Override
  public boolean onlyLooked(Input<V> input, Output<V> output) {
    return switch (output) {
      case Output.Value<V> _ -> true;
      case Output.Written<V> _ -> false;
      case Output.Compared<V>(boolean wasEqual) -> !wasEqual;
    };
  }
}
