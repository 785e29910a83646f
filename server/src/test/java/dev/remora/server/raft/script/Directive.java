package dev.remora.server.raft.script;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One command of a data-driven test file and what it is expected to print.
 *
 * @param line where it stands, from 1 on
 * @param input the lines between the command and the {@code ----}
 * @param expected the lines after it
 */
record Directive(
    int line, String command, List<Argument> arguments, List<String> input, List<String> expected) {
  /**
   * One argument: {@code key}, {@code key=value} or {@code key=(value,value)}.
   *
   * @param values empty if there is only a key
   */
  record Argument(String key, List<String> values) {
    String value() {
      return values.getFirst();
    }

    boolean isTrue() {
      return value().toLowerCase(Locale.ROOT).equals("true");
    }

    long number() {
      return Long.parseLong(value());
    }

    List<Long> numbers() {
      return values.stream().map(Long::parseLong).toList();
    }
  }

  /** The values of the argument of this key; none if it is not there. */
  List<String> values(String key) {
    for (Argument argument : arguments) {
      if (argument.key().equals(key)) {
        return argument.values();
      }
    }
    return List.of();
  }

  /** The arguments that are only a key, as numbers. */
  List<Long> bareNumbers() {
    List<Long> numbers = new ArrayList<>();
    for (Argument argument : arguments) {
      if (argument.values().isEmpty()) {
        numbers.add(Long.parseLong(argument.key()));
      }
    }
    return numbers;
  }
}
