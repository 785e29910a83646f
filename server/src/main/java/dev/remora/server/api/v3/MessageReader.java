package dev.remora.server.api.v3;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.UnsafeByteOperations;
import dev.remora.server.mvcc.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a message of JSON, as etcd 3.4's gateway does: fields by their proto name or its camel
 * case, unknown ones ignored; 64-bit numbers as numbers or strings; enums by name or number; null
 * as absent. What does not fit is said in the gateway's words.
 */
final class MessageReader {
  private static final Object ABSENT = new Object();

  private MessageReader() {}

  /** Reads a message whole. */
  static Message read(JsonValue json, Message prototype) throws JsonException {
    Message.Builder builder = prototype.newBuilderForType();
    switch (json) {
      case JsonValue.Null _ -> {}
      case JsonValue.Members members -> fill(members, builder);
      default -> throw mismatch(json.kind(), "map[string]json.RawMessage");
    }
    return builder.build();
  }

  private static void fill(JsonValue.Members members, Message.Builder builder)
      throws JsonException {
    for (FieldDescriptor field : builder.getDescriptorForType().getFields()) {
      JsonValue json = members.byName().get(field.getJsonName());
      if (json == null) {
        json = members.byName().get(field.getName());
      }
      if (json != null) {
        fill(json, field, builder);
      }
    }
  }

  private static void fill(JsonValue json, FieldDescriptor field, Message.Builder builder)
      throws JsonException {
    if (!field.isRepeated()) {
      Object value = json instanceof JsonValue.Null ? ABSENT : value(json, field, builder);
      if (value != ABSENT) {
        builder.setField(field, value);
      }
      return;
    }
    switch (json) {
      case JsonValue.Null _ -> {}
      case JsonValue.Elements(List<JsonValue> values) -> {
        for (JsonValue element : values) {
          Object value = value(element, field, builder);
          builder.addRepeatedField(field, value == ABSENT ? zero(field) : value);
        }
      }
      case JsonValue.Text _ when field.getType() == FieldDescriptor.Type.ENUM ->
          throw new JsonException("invalid target \"slice\" for enum " + goName(field));
      default -> throw mismatch(json.kind(), "[]json.RawMessage");
    }
  }

  private static Object value(JsonValue json, FieldDescriptor field, Message.Builder parent)
      throws JsonException {
    return switch (field.getJavaType()) {
      case MESSAGE -> read(json, parent.newBuilderForField(field).getDefaultInstanceForType());
      case BYTE_STRING -> bytes(json);
      case BOOLEAN -> truth(json);
      case LONG -> number(json, field);
      case ENUM -> enumValue(json, field);
      case STRING -> text(json);
      case INT, FLOAT, DOUBLE ->
          throw new IllegalStateException("no request has such a field: " + field.getFullName());
    };
  }

  private static Object zero(FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case ENUM -> field.getEnumType().findValueByNumber(0);
      case STRING -> "";
      default -> field.getDefaultValue();
    };
  }

  private static Object bytes(JsonValue json) throws JsonException {
    return switch (json) {
      case JsonValue.Null _ -> ByteString.EMPTY;
      case JsonValue.Text text -> UnsafeByteOperations.unsafeWrap(Base64Reader.read(text.value()));
      case JsonValue.Elements(List<JsonValue> values) -> {
        byte[] array = new byte[values.size()];
        for (int i = 0; i < array.length; i++) {
          array[i] = octet(values.get(i));
        }
        yield UnsafeByteOperations.unsafeWrap(array);
      }
      default -> throw mismatch(json.kind(), "[]uint8");
    };
  }

  private static byte octet(JsonValue json) throws JsonException {
    if (json instanceof JsonValue.Null) {
      return 0;
    }
    if (!(json instanceof JsonValue.Digits(String digits))) {
      throw mismatch(json.kind(), "uint8");
    }
    Long number = parse(digits);
    if (number == null || number < 0 || number > 255) {
      throw mismatch("number " + digits, "uint8");
    }
    return number.byteValue();
  }

  private static Object text(JsonValue json) throws JsonException {
    return switch (json) {
      case JsonValue.Null _ -> ABSENT;
      case JsonValue.Text text -> text.value().text();
      default -> throw mismatch(json.kind(), "string");
    };
  }

  private static Object truth(JsonValue json) throws JsonException {
    return switch (json) {
      case JsonValue.Null _ -> ABSENT;
      case JsonValue.Truth(boolean value) -> value;
      default -> throw mismatch(json.kind(), "bool");
    };
  }

  private static Object number(JsonValue json, FieldDescriptor field) throws JsonException {
    String type = field.getType() == FieldDescriptor.Type.UINT64 ? "uint64" : "int64";
    JsonValue bare =
        json instanceof JsonValue.Text(Bytes raw, _) ? JsonParser.only(raw.array()) : json;
    return switch (bare) {
      case JsonValue.Null _ -> ABSENT;
      case JsonValue.Digits(String digits) -> {
        Long number = type.equals("uint64") ? parseUnsigned(digits) : parse(digits);
        if (number == null) {
          throw mismatch("number " + digits, type);
        }
        yield number;
      }
      default -> throw mismatch(bare.kind(), type);
    };
  }

  private static Object enumValue(JsonValue json, FieldDescriptor field) throws JsonException {
    return switch (json) {
      case JsonValue.Null _ -> ABSENT;
      case JsonValue.Text(Bytes raw, _) -> {
        EnumValueDescriptor value = field.getEnumType().findValueByName(raw.text());
        if (value == null) {
          throw new JsonException("unknown value \"" + raw.text() + "\" for enum " + goName(field));
        }
        yield value;
      }
      case JsonValue.Digits(String digits) -> {
        Long number = parse(digits);
        if (number == null || number.intValue() != number) {
          throw mismatch("number " + digits, goName(field));
        }
        yield field.getEnumType().findValueByNumberCreatingIfUnknown(number.intValue());
      }
      default -> throw mismatch(json.kind(), goName(field));
    };
  }

  /** The name of a field's enum in etcd's own program, where nested names are joined by a line. */
  private static String goName(FieldDescriptor field) {
    String proto = field.getEnumType().getFile().getPackage();
    String name = field.getEnumType().getFullName().substring(proto.length() + 1);
    return proto + "." + name.replace('.', '_');
  }

  private static @Nullable Long parse(String digits) {
    try {
      return Long.valueOf(digits);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static @Nullable Long parseUnsigned(String digits) {
    try {
      return Long.parseUnsignedLong(digits);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static JsonException mismatch(String found, String wanted) {
    return new JsonException(
        "json: cannot unmarshal " + found + " into Go value of type " + wanted);
  }
}
