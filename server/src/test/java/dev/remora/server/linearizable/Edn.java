package dev.remora.server.linearizable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A value in the notation of Clojure's data (github.com/edn-format/edn), as far as recorded
 * histories use it: no sets, no characters; a tag is skipped, its value kept.
 */
sealed interface Edn {
  /** A number, keyword, symbol, or {@code nil}; equal if written alike. */
  record Atom(String text) implements Edn {
    @Override
    public String toString() {
      return text;
    }
  }

  record Quoted(String text) implements Edn {
    @Override
    public String toString() {
      return '"' + text + '"';
    }
  }

  /** A vector or a list. */
  record Items(List<Edn> items) implements Edn {
    public Items {
      items = List.copyOf(items);
    }

    @Override
    public String toString() {
      return items.toString();
    }
  }

  record Table(Map<Edn, Edn> entries) implements Edn {
    /** What stands under a keyword; {@link #NIL} if nothing does. */
    Edn get(String keyword) {
      return entries.getOrDefault(new Atom(keyword), NIL);
    }
  }

  Atom NIL = new Atom("nil");

  /**
   * Reads one value.
   *
   * @throws IllegalArgumentException if it is not well-formed, or more follows
   */
  static Edn parse(String text) {
    Reader reader = new Reader(text);
    Edn value = reader.value();
    reader.skipBlanks();
    if (reader.at < text.length()) {
      throw reader.problem("more follows");
    }
    return value;
  }

  /** Goes through a text once. */
  final class Reader {
    private static final String DELIMITERS = "()[]{}\",; \t\r\n";

    private final String text;
    private int at;

    private Reader(String text) {
      this.text = text;
    }

    private Edn value() {
      skipBlanks();
      if (at == text.length()) {
        throw problem("a value is missing");
      }
      return switch (text.charAt(at)) {
        case '"' -> quoted();
        case '[' -> new Items(items(']'));
        case '(' -> new Items(items(')'));
        case '{' -> table(items('}'));
        case '#' -> {
          atom();
          yield value();
        }
        default -> atom();
      };
    }

    private void skipBlanks() {
      while (at < text.length() && (text.charAt(at) <= ' ' || text.charAt(at) == ',')) {
        at++;
      }
    }

    private Atom atom() {
      int from = at;
      while (at < text.length() && DELIMITERS.indexOf(text.charAt(at)) < 0) {
        at++;
      }
      if (at == from) {
        throw problem("a value is missing");
      }
      return new Atom(text.substring(from, at));
    }

    private Quoted quoted() {
      StringBuilder value = new StringBuilder();
      for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
        char next = text.charAt(at);
        if (next == '\\' && at + 1 < text.length()) {
          at++;
          next =
              switch (text.charAt(at)) {
                case 'n' -> '\n';
                case 't' -> '\t';
                case 'r' -> '\r';
                case '"' -> '"';
                case '\\' -> '\\';
                default -> throw problem("an unknown escape");
              };
        }
        value.append(next);
      }
      if (at == text.length()) {
        throw problem("a text does not end");
      }
      at++;
      return new Quoted(value.toString());
    }

    private List<Edn> items(char end) {
      List<Edn> items = new ArrayList<>();
      at++;
      skipBlanks();
      while (at < text.length() && text.charAt(at) != end) {
        items.add(value());
        skipBlanks();
      }
      if (at == text.length()) {
        throw problem("'" + end + "' is missing");
      }
      at++;
      return items;
    }

    private Table table(List<Edn> items) {
      if (items.size() % 2 != 0) {
        throw problem("a key without a value");
      }
      Map<Edn, Edn> entries = new LinkedHashMap<>();
      for (int i = 0; i < items.size(); i += 2) {
        entries.put(items.get(i), items.get(i + 1));
      }
      return new Table(entries);
    }

    private IllegalArgumentException problem(String what) {
      return new IllegalArgumentException(
          "%s at character %d of: %s".formatted(what, at + 1, text));
    }
  }
}
