package dev.remora.agent.runner;

import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/** Signals by name, with their numbers on Linux (signal(7), x86 and ARM). */
public final class SignalName {
  private static final Map<String, Integer> NUMBERS =
      new TreeMap<>(
          Map.of(
              "HUP", 1, "INT", 2, "QUIT", 3, "KILL", 9, "USR1", 10, "USR2", 12, "ALRM", 14, "TERM",
              15, "CONT", 18, "WINCH", 28));

  private SignalName() {}

  /** The name without {@code SIG}, in capitals. */
  public static String plain(String name) {
    String upper = name.strip().toUpperCase(Locale.ROOT);
    return upper.startsWith("SIG") ? upper.substring(3) : upper;
  }

  /** The number of a name as {@link #plain} gives it; empty if it is none. */
  public static OptionalInt number(String plain) {
    Integer number = NUMBERS.get(plain);
    return number == null ? OptionalInt.empty() : OptionalInt.of(number);
  }

  /** All names, for a message. */
  public static String all() {
    return String.join(", ", NUMBERS.keySet());
  }
}
