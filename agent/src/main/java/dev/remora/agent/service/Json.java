package dev.remora.agent.service;

import java.util.List;
import java.util.Map;

/** Writes a record's JSON, always in the same way, so that equal records are equal texts. */
final class Json {
  private final StringBuilder text = new StringBuilder("{");

  Json field(String name, String value) {
    return raw(name, quoted(value));
  }

  Json field(String name, long value) {
    return raw(name, Long.toString(value));
  }

  Json field(String name, List<String> values) {
    return raw(name, "[" + String.join(",", values.stream().map(Json::quoted).toList()) + "]");
  }

  Json field(String name, Map<String, String> values) {
    Json below = new Json();
    values.forEach(below::field);
    return raw(name, below.toString());
  }

  Json field(String name, Json below) {
    return raw(name, below.toString());
  }

  private Json raw(String name, String value) {
    if (text.length() > 1) {
      text.append(',');
    }
    text.append(quoted(name)).append(':').append(value);
    return this;
  }

  private static String quoted(String value) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> quoted.append("\\\"");
        case '\\' -> quoted.append("\\\\");
        case '\n' -> quoted.append("\\n");
        case '\r' -> quoted.append("\\r");
        case '\t' -> quoted.append("\\t");
        default -> {
          if (c < ' ') {
            quoted.append("\\u00").append(c < 16 ? "0" : "").append(Integer.toHexString(c));
          } else {
            quoted.append(c);
          }
        }
      }
    }
    return quoted.append('"').toString();
  }

  /** The object so far, closed. */
  @Override
  public String toString() {
    return text + "}";
  }
}
