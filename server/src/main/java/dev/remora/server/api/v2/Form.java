package dev.remora.server.api.v2;

import dev.remora.server.api.Percent;
import dev.remora.server.mvcc.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a request, from its body and then its query: the first of a name counts. Split
 * and decoded as Go's net/url does, and refused for what it refuses.
 */
final class Form {
  private static final String SEMICOLON = "invalid semicolon separator in query";

  private final Map<Parameter, Bytes> values = new EnumMap<>(Parameter.class);
  private String error = "";

  /** Adds a body. */
  void add(byte[] text) {
    String found = parse(text);
    if (error.isEmpty()) {
      error = found;
    }
  }

  /** Adds a query, each character of which stands for one byte. */
  void add(String query) {
    if (!query.isEmpty()) {
      add(query.getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  /** Makes the form invalid, unless it already is. */
  void refuse(String reason) {
    if (error.isEmpty()) {
      error = reason;
    }
  }

  /** What is wrong with its syntax, in Go's words; empty if nothing is. */
  String error() {
    return error;
  }

  /** The first value of a parameter; null if it was not given. */
  @Nullable Bytes value(Parameter parameter) {
    return values.get(parameter);
  }

  /** Takes in what is good, and answers what is not: a semicolon first, else the first escape. */
  private String parse(byte[] text) {
    String found = "";
    int start = 0;
    while (start < text.length) {
      int end = indexOf(text, '&', start, text.length);
      if (indexOf(text, ';', start, end) < end) {
        found = SEMICOLON;
      } else if (end > start) {
        String bad = add(text, start, end);
        found = found.isEmpty() ? bad : found;
      }
      start = end + 1;
    }
    return found;
  }

  private String add(byte[] text, int start, int end) {
    int equals = indexOf(text, '=', start, end);
    byte[] name = Percent.decode(text, start, equals, true);
    if (name == null) {
      return invalid(text, start, equals);
    }
    int valueStart = Math.min(equals + 1, end);
    byte[] value = Percent.decode(text, valueStart, end, true);
    if (value == null) {
      return invalid(text, valueStart, end);
    }
    Parameter parameter = Parameter.named(name);
    if (parameter != null) {
      values.putIfAbsent(parameter, Bytes.wrap(value));
    }
    return "";
  }

  private static String invalid(byte[] text, int from, int to) {
    return "invalid URL escape " + GoQuote.of(Percent.badEscape(text, from, to));
  }

  private static int indexOf(byte[] text, int wanted, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text[i] == wanted) {
        return i;
      }
    }
    return to;
  }
}
