package dev.remora.server.api.v3;

import dev.remora.server.mvcc.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one JSON value, strictly (RFC 8259). What is wrong is said in the words of Go's
 * encoding/json, which etcd's clients see.
 */
public final class JsonParser {
  /**
   * Deepest nesting. The deepest transaction that is served has less than half of it; a thousand
   * levels overflowed the stack of an event loop whose code was not compiled yet.
   */
  static final int DEPTH_MAX = 250;

  private static final String VALUE = "looking for beginning of value";

  private final byte[] input;
  private int at;
  private int depth;

  private JsonParser(byte[] input) {
    this.input = input;
  }

  /**
   * Reads the first value; what stands behind it is not looked at. Nothing at all reads as null.
   */
  public static JsonValue first(byte[] input) throws JsonException {
    JsonParser parser = new JsonParser(input);
    parser.skipSpace();
    return parser.at == input.length ? new JsonValue.Null() : parser.value();
  }

  /** Reads a value with nothing behind it. */
  public static JsonValue only(byte[] input) throws JsonException {
    JsonParser parser = new JsonParser(input);
    parser.skipSpace();
    if (parser.at == input.length) {
      throw new JsonException("unexpected end of JSON input");
    }
    JsonValue value = parser.value();
    parser.skipSpace();
    if (parser.at < input.length) {
      throw parser.invalid("after top-level value");
    }
    return value;
  }

  private JsonValue value() throws JsonException {
    skipSpace();
    return switch (peek()) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> string();
      case 't' -> literal("true", new JsonValue.Truth(true));
      case 'f' -> literal("false", new JsonValue.Truth(false));
      case 'n' -> literal("null", new JsonValue.Null());
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
      default -> throw invalid(VALUE);
    };
  }

  private JsonValue object() throws JsonException {
    enter();
    Map<String, JsonValue> members = new HashMap<>();
    skipSpace();
    boolean isMore = peek() != '}';
    while (isMore) {
      skipSpace();
      if (peek() != '"') {
        throw invalid("looking for beginning of object key string");
      }
      String name = string().value().text();
      skipSpace();
      if (peek() != ':') {
        throw invalid("after object key");
      }
      at++;
      members.put(name, value());
      isMore = hasNext('}', "after object key:value pair");
    }
    leave();
    return new JsonValue.Members(members);
  }

  private JsonValue array() throws JsonException {
    enter();
    List<JsonValue> values = new ArrayList<>();
    skipSpace();
    boolean isMore = peek() != ']';
    while (isMore) {
      values.add(value());
      isMore = hasNext(']', "after array element");
    }
    leave();
    return new JsonValue.Elements(values);
  }

  private void enter() throws JsonException {
    if (++depth > DEPTH_MAX) {
      throw invalid("exceeded max depth");
    }
    at++;
  }

  private void leave() {
    depth--;
    at++;
  }

  private boolean hasNext(int close, String where) throws JsonException {
    skipSpace();
    int next = peek();
    if (next == ',') {
      at++;
      return true;
    }
    if (next != close) {
      throw invalid(where);
    }
    return false;
  }

  private JsonValue.Text string() throws JsonException {
    int start = ++at;
    boolean isEscaped = false;
    while (peek() != '"') {
      if (peek() < ' ') {
        throw invalid("in string literal");
      }
      if (peek() == '\\') {
        isEscaped = true;
        escape();
      } else {
        at++;
      }
    }
    return new JsonValue.Text(Bytes.wrap(Arrays.copyOfRange(input, start, at++)), isEscaped);
  }

  private void escape() throws JsonException {
    at++;
    switch (peek()) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> at++;
      case 'u' -> {
        at++;
        for (int i = 0; i < 4; i++) {
          if (Character.digit(peek(), 16) < 0) {
            throw invalid("in \\u hexadecimal character escape");
          }
          at++;
        }
      }
      default -> throw invalid("in string escape code");
    }
  }

  private JsonValue literal(String word, JsonValue value) throws JsonException {
    for (int i = 1; i < word.length(); i++) {
      at++;
      if (peek() != word.charAt(i)) {
        throw invalid("in literal " + word + " (expecting '" + word.charAt(i) + "')");
      }
    }
    at++;
    return value;
  }

  private JsonValue number() throws JsonException {
    int start = at;
    if (peek() == '-') {
      at++;
      peek();
    }
    if (isAt('0')) {
      at++;
    } else {
      digits("in numeric literal");
    }
    if (isAt('.')) {
      at++;
      digits("after decimal point in numeric literal");
    }
    if (isAt('e') || isAt('E')) {
      at++;
      if (isAt('+') || isAt('-')) {
        at++;
      }
      digits("in exponent of numeric literal");
    }
    return new JsonValue.Digits(new String(input, start, at - start, StandardCharsets.ISO_8859_1));
  }

  private void digits(String where) throws JsonException {
    if (peek() < '0' || peek() > '9') {
      throw invalid(where);
    }
    while (at < input.length && input[at] >= '0' && input[at] <= '9') {
      at++;
    }
  }

  private boolean isAt(int wanted) {
    return at < input.length && input[at] == wanted;
  }

  private int peek() throws JsonException {
    if (at == input.length) {
      throw new JsonException("unexpected EOF");
    }
    return input[at] & 0xff;
  }

  private void skipSpace() {
    while (at < input.length && isSpace(input[at])) {
      at++;
    }
  }

  static boolean isSpace(int c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
  }

  private JsonException invalid(String where) {
    return invalid(input[at] & 0xff, where);
  }

  static JsonException invalid(int c, String where) {
    return new JsonException("invalid character " + quoted(c) + " " + where);
  }

  private static String quoted(int c) {
    return switch (c) {
      case '\'' -> "'\\''";
      case '\\' -> "'\\\\'";
      case '\n' -> "'\\n'";
      case '\r' -> "'\\r'";
      case '\t' -> "'\\t'";
      case '\f' -> "'\\f'";
      case '\b' -> "'\\b'";
      case 0x07 -> "'\\a'";
      case 0x0b -> "'\\v'";
      default -> c < ' ' || c == 0x7f ? "'\\x%02x'".formatted(c) : "'" + (char) c + "'";
    };
  }
}
