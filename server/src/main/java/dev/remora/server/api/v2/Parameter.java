package dev.remora.server.api.v2;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The parameters of {@code /v2/keys}. Others are ignored, as etcd does. */
enum Parameter {
  PREV_INDEX("prevIndex"),
  WAIT_INDEX("waitIndex"),
  RECURSIVE("recursive"),
  SORTED("sorted"),
  WAIT("wait"),
  DIR("dir"),
  QUORUM("quorum"),
  STREAM("stream"),
  PREV_VALUE("prevValue"),
  NO_VALUE_ON_SUCCESS("noValueOnSuccess"),
  TTL("ttl"),
  PREV_EXIST("prevExist"),
  REFRESH("refresh"),
  VALUE("value");

  private static final Parameter[] ALL = values();

  private final String word;

  Parameter(String word) {
    this.word = word;
  }

  /** Its name on the wire. */
  String word() {
    return word;
  }

  /** The parameter of exactly this name; null if it is none of ours. */
  static @Nullable Parameter named(byte[] name) {
    String word = new String(name, StandardCharsets.ISO_8859_1);
    for (Parameter parameter : ALL) {
      if (parameter.word.equals(word)) {
        return parameter;
      }
    }
    return null;
  }
}
