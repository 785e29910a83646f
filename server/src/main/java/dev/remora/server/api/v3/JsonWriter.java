package dev.remora.server.api.v3;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/** Writes JSON, without any space, into a buffer that grows. */
final class JsonWriter {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);

  private byte[] bytes;
  private int length;

  JsonWriter(int capacity) {
    this.bytes = new byte[Math.max(capacity, 64)];
  }

  /** A copy of what has been written. */
  Buffer toBuffer() {
    return Buffer.buffer(length).appendBytes(bytes, 0, length);
  }

  /** Writes one character of ASCII as it is. */
  void raw(char c) {
    room(1);
    bytes[length++] = (byte) c;
  }

  /** Writes ASCII as it is. */
  void raw(byte[] text) {
    room(text.length);
    System.arraycopy(text, 0, bytes, length, text.length);
    length += text.length;
  }

  void number(long number) {
    raw(Long.toString(number).getBytes(StandardCharsets.ISO_8859_1));
  }

  /** A 64-bit number as a string, which JavaScript can read without loss. */
  void quoted(long number, boolean isUnsigned) {
    String digits = isUnsigned ? Long.toUnsignedString(number) : Long.toString(number);
    raw('"');
    raw(digits.getBytes(StandardCharsets.ISO_8859_1));
    raw('"');
  }

  void base64(byte[] value) {
    raw('"');
    raw(Base64.getEncoder().encode(value));
    raw('"');
  }

  /** A string; characters that mean something in HTML are escaped too, as Go does. */
  void text(String text) {
    raw('"');
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      switch (b) {
        case '"', '\\' -> {
          raw('\\');
          raw((char) b);
        }
        case '\n' -> escape('n');
        case '\r' -> escape('r');
        case '\t' -> escape('t');
        case '<', '>', '&' -> unicode(b);
        default -> {
          if (b >= 0 && b < ' ') {
            unicode(b);
          } else {
            raw((char) b);
          }
        }
      }
    }
    raw('"');
  }

  private void escape(char c) {
    raw('\\');
    raw(c);
  }

  private void unicode(byte b) {
    escape('u');
    raw('0');
    raw('0');
    raw((char) HEX[b >> 4 & 0xf]);
    raw((char) HEX[b & 0xf]);
  }

  private void room(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(length + more, 2 * bytes.length));
    }
  }
}
