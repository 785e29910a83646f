package dev.remora.server.api.v2;

import dev.remora.server.mvcc.Bytes;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes JSON as Go's encoder does, into an array that is used again. Not thread-safe.
 *
 * <p>Strings are bytes. Of UTF-8, {@code <}, {@code >}, {@code &}, U+2028 and U+2029 are escaped;
 * each byte that is not UTF-8 becomes an escaped U+FFFD.
 */
final class JsonWriter {
  /** An array that has grown beyond this is let go after use. */
  private static final int KEPT_BYTES_MAX = 65_536;

  private static final int START_BYTES = 1_024;
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NO_TEXT = "\\ufffd".getBytes(StandardCharsets.US_ASCII);

  /** Bytes that stand for themselves in a string. */
  private static final boolean[] PLAIN = plain();

  private byte[] bytes = new byte[START_BYTES];
  private int size;

  /** How many bytes were written since the last {@link #take}. */
  int size() {
    return size;
  }

  /** Forgets what was written. */
  void clear() {
    size = 0;
  }

  /** What was written; the next writing begins anew. */
  Buffer take() {
    Buffer taken = Buffer.buffer(size).appendBytes(bytes, 0, size);
    size = 0;
    if (bytes.length > KEPT_BYTES_MAX) {
      bytes = new byte[START_BYTES];
    }
    return taken;
  }

  /** Writes characters of ASCII as they are. */
  JsonWriter raw(byte[] ascii) {
    reserve(ascii.length);
    System.arraycopy(ascii, 0, bytes, size, ascii.length);
    size += ascii.length;
    return this;
  }

  /** Writes one character of ASCII as it is. */
  JsonWriter raw(char ascii) {
    reserve(1);
    bytes[size++] = (byte) ascii;
    return this;
  }

  /** Writes a number. */
  JsonWriter number(long number) {
    if (number < 0) {
      return raw(Long.toString(number).getBytes(StandardCharsets.US_ASCII));
    }
    int digits = 1;
    for (long rest = number / 10; rest > 0; rest /= 10) {
      digits++;
    }
    return digits(number, digits);
  }

  /** Writes the last digits of a number that is not negative, with zeros in front. */
  JsonWriter digits(long number, int count) {
    reserve(count);
    long rest = number;
    for (int i = size + count - 1; i >= size; i--) {
      bytes[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    size += count;
    return this;
  }

  /** Writes a string, quotes included. */
  JsonWriter string(Bytes text) {
    raw('"');
    byte[] array = text.array();
    int start = 0;
    int i = 0;
    while (i < array.length) {
      byte b = array[i];
      if (b >= 0 && PLAIN[b]) {
        i++;
        continue;
      }
      int length = b >= 0 ? 0 : Utf8.lengthAt(array, i);
      if (length > 0 && !isLineSeparator(array, i)) {
        i += length;
        continue;
      }
      copy(array, start, i);
      i += escape(array, i, length);
      start = i;
    }
    copy(array, start, array.length);
    return raw('"');
  }

  /** Writes an escape; answers how many bytes of the text it stands for. */
  private int escape(byte[] array, int at, int length) {
    byte b = array[at];
    if (length > 0) {
      raw('\\').raw('u').raw('2').raw('0').raw('2').raw((char) HEX[array[at + 2] & 0xf]);
      return length;
    }
    if (b < 0) {
      raw(NO_TEXT);
      return 1;
    }
    switch (b) {
      case '"', '\\' -> raw('\\').raw((char) b);
      case '\n' -> raw('\\').raw('n');
      case '\r' -> raw('\\').raw('r');
      case '\t' -> raw('\\').raw('t');
      default ->
          raw('\\').raw('u').raw('0').raw('0').raw((char) HEX[b >> 4]).raw((char) HEX[b & 0xf]);
    }
    return 1;
  }

  private void copy(byte[] array, int from, int to) {
    reserve(to - from);
    System.arraycopy(array, from, bytes, size, to - from);
    size += to - from;
  }

  private void reserve(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), bytes.length * 2));
    }
  }

  /** Whether U+2028 or U+2029 begins here: E2 80 A8 or E2 80 A9. */
  private static boolean isLineSeparator(byte[] array, int at) {
    return array[at] == (byte) 0xe2
        && array[at + 1] == (byte) 0x80
        && (array[at + 2] & 0xfe) == 0xa8;
  }

  private static boolean[] plain() {
    boolean[] plain = new boolean[128];
    Arrays.fill(plain, ' ', 128, true);
    for (char escaped : new char[] {'"', '\\', '<', '>', '&'}) {
      plain[escaped] = false;
    }
    return plain;
  }
}
