package dev.remora.server.api.v3;

import dev.remora.server.mvcc.Bytes;
import java.util.List;
import java.util.Map;

/** A JSON value as it was written, not yet interpreted. */
public sealed interface JsonValue {
  /** An object; of a repeated name, the last value. */
  record Members(Map<String, JsonValue> byName) implements JsonValue {}

  /** An array. */
  record Elements(List<JsonValue> values) implements JsonValue {}

  /**
   * A string.
   *
   * @param raw what stands between the quotes
   * @param isEscaped whether there is a backslash in it
   */
  record Text(Bytes raw, boolean isEscaped) implements JsonValue {
    /** The string itself, in UTF-8. */
    public Bytes value() {
      return isEscaped ? Bytes.utf8(JsonEscapes.resolve(raw.text())) : raw;
    }
  }

  /** A number, by its digits. */
  record Digits(String text) implements JsonValue {}

  /** True or false. */
  record Truth(boolean value) implements JsonValue {}

  /** The null. */
  record Null() implements JsonValue {}

  /** What etcd's messages call a value of this kind. */
  default String kind() {
    return switch (this) {
      case Members _ -> "object";
      case Elements _ -> "array";
      case Text _ -> "string";
      case Digits _ -> "number";
      case Truth _ -> "bool";
      case Null _ -> "null";
    };
  }
}
