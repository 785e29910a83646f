package dev.remora.server.linearizable;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of a recorded history: a process begins an operation, or learns its outcome.
 *
 * @param process who; a number may come back for another process after an unknown outcome
 * @param type what is known
 * @param operation its name, without the colon
 * @param key what it touches; nil if the history is about one thing
 * @param value the argument, or the answer, or the reason for the lack of one
 */
record RecordedEvent(long process, Type type, String operation, Edn key, Edn value) {
  /** {@code process type operation value}, at the line's beginning or behind a logger's prefix. */
  private static final Pattern LOGGED =
      Pattern.compile("(?:^|\\s-\\s)\\s*(\\d+)\\s+:(invoke|ok|fail|info)\\s+:(\\S+)\\s+(.+)$");

  private static final Pattern NUMBER = Pattern.compile("\\d+");

  /** As Jepsen has them. */
  enum Type {
    /** It begins. */
    INVOKE,
    /** It took effect. */
    OK,
    /** It took no effect, and never will. */
    FAIL,
    /** It may take effect at any later time, or never. */
    INFO
  }

  /**
   * Reads a line in one of two forms: tab-separated as Jepsen logs it, or a map. Empty if the line
   * is about something else, or about no client (as Jepsen's nemesis).
   *
   * @throws IllegalArgumentException if it begins like an event and is none
   */
  static Optional<RecordedEvent> parse(String line) {
    String text = line.strip();
    if (text.startsWith("{") || text.startsWith("#jepsen.history.Op")) {
      return ofMap(text);
    }
    Matcher parts = LOGGED.matcher(text);
    return parts.find()
        ? Optional.of(
            new RecordedEvent(
                Long.parseLong(parts.group(1)),
                type(parts.group(2)),
                parts.group(3),
                Edn.NIL,
                Edn.parse(parts.group(4))))
        : Optional.empty();
  }

  private static Optional<RecordedEvent> ofMap(String text) {
    if (!(Edn.parse(text) instanceof Edn.Table table)) {
      throw new IllegalArgumentException("not a map: " + text);
    }
    String process = table.get(":process").toString();
    if (!NUMBER.matcher(process).matches()) {
      return Optional.empty();
    }
    return Optional.of(
        new RecordedEvent(
            Long.parseLong(process),
            type(keyword(table.get(":type"))),
            keyword(table.get(":f")),
            table.get(":key"),
            table.get(":value")));
  }

  private static String keyword(Edn value) {
    String text = value.toString();
    if (!text.startsWith(":")) {
      throw new IllegalArgumentException(text + " is not a keyword");
    }
    return text.substring(1);
  }

  private static Type type(String name) {
    return switch (name) {
      case "invoke" -> Type.INVOKE;
      case "ok" -> Type.OK;
      case "fail" -> Type.FAIL;
      case "info" -> Type.INFO;
      default -> throw new IllegalArgumentException("unknown type " + name);
    };
  }
}
