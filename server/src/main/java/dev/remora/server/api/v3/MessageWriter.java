package dev.remora.server.api.v3;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes messages as JSON, as etcd 3.4's gateway does: fields by their proto name, in the order of
 * the proto file; zero values absent; 64-bit numbers as strings; bytes in base64; enums by name.
 *
 * <p>Not thread-safe: it keeps what it has learnt of each sort of message.
 */
final class MessageWriter {
  private static final byte[] RESULT = ascii("{\"result\":");
  private static final byte[] ERROR = ascii("{\"error\":");
  private static final byte[] MESSAGE = ascii(",\"message\":");
  private static final byte[] CODE = ascii(",\"code\":");

  private final Map<Descriptor, Field[]> fieldsByMessage = new HashMap<>();

  /** A field, with its name as it is written. */
  private record Field(FieldDescriptor descriptor, Name name) {}

  private static final class Name {
    private final byte[] quoted;

    Name(String name) {
      this.quoted = ascii("\"" + name + "\":");
    }
  }

  /** A message alone. */
  Buffer write(Message message) {
    JsonWriter json = new JsonWriter(256);
    write(message, json);
    return json.toBuffer();
  }

  /** A message as a line of a stream. */
  Buffer writeResult(Message message) {
    JsonWriter json = new JsonWriter(256);
    json.raw(RESULT);
    write(message, json);
    json.raw('}');
    json.raw('\n');
    return json.toBuffer();
  }

  /** A refusal. */
  static Buffer write(ApiError error) {
    JsonWriter json = new JsonWriter(256);
    json.raw(ERROR);
    json.text(error.text());
    json.raw(MESSAGE);
    json.text(error.text());
    json.raw(CODE);
    json.number(error.code().number());
    json.raw('}');
    return json.toBuffer();
  }

  private void write(Message message, JsonWriter json) {
    char before = '{';
    for (Field field : fields(message.getDescriptorForType())) {
      if (isPresent(message, field.descriptor())) {
        json.raw(before);
        json.raw(field.name().quoted);
        writeField(message.getField(field.descriptor()), field.descriptor(), json);
        before = ',';
      }
    }
    if (before == '{') {
      json.raw('{');
    }
    json.raw('}');
  }

  private Field[] fields(Descriptor descriptor) {
    return fieldsByMessage.computeIfAbsent(
        descriptor,
        message ->
            message.getFields().stream()
                .map(field -> new Field(field, new Name(field.getName())))
                .toArray(Field[]::new));
  }

  private static boolean isPresent(Message message, FieldDescriptor field) {
    return field.isRepeated()
        ? message.getRepeatedFieldCount(field) > 0
        : message.hasField(field);
  }

  private void writeField(Object value, FieldDescriptor field, JsonWriter json) {
    if (!field.isRepeated()) {
      writeValue(value, field, json);
      return;
    }
    char before = '[';
    for (Object element : (List<?>) value) {
      json.raw(before);
      writeValue(element, field, json);
      before = ',';
    }
    json.raw(']');
  }

  private void writeValue(Object value, FieldDescriptor field, JsonWriter json) {
    switch (value) {
      case Message message -> write(message, json);
      case Long number -> json.quoted(number, field.getType() == FieldDescriptor.Type.UINT64);
      case ByteString bytes -> json.base64(bytes.toByteArray());
      case Boolean truth -> json.raw(ascii(truth.toString()));
      case EnumValueDescriptor named -> json.text(named.getName());
      case Integer number -> json.number(Integer.toUnsignedLong(number));
      case String text -> json.text(text);
      default -> throw new IllegalStateException("no response has such a field: " + field);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
