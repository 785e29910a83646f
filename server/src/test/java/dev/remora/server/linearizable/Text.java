package dev.remora.server.linearizable;

import java.util.List;

/** A text under a key that is put, appended to and got; empty at first. */
final class Text implements Model<String, Text.Input, Text.Output> {
  sealed interface Input {
    String key();

    record Put(String key, String value) implements Input {}

    record Append(String key, String value) implements Input {}

    record Get(String key) implements Input {}
  }

  sealed interface Output {
    record Done() implements Output {}

    record Value(String value) implements Output {}
  }

  @Override
  public String initial() {
    return "";
  }

  @Override
  public Step<String, Output> step(String state, Input input) {
    return switch (input) {
      case Input.Put(_, String value) -> new Step<>(value, new Output.Done());
      case Input.Append(_, String value) -> new Step<>(state + value, new Output.Done());
      case Input.Get _ -> new Step<>(state, new Output.Value(state));
    };
  }

  @Override
  public boolean onlyLooked(Input input, Output output) {
    return input instanceof Input.Get;
  }

  /** An append only makes a text longer. */
  @Override
  public boolean mayLeadTo(String state, Input input, Output output, List<Input> others) {
    if (!(output instanceof Output.Value(String value)) || value.startsWith(state)) {
      return true;
    }
    for (Input other : others) {
      if (other instanceof Input.Put(_, String put) && value.startsWith(put)) {
        return true;
      }
    }
    return false;
  }
}
