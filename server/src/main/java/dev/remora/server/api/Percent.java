package dev.remora.server.api;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Percent-encoding, with the leniences and refusals of Go's net/url. */
public final class Percent {
  private static final String PLAIN_IN_PATH = "-_.~$&+,/:;=@";
  private static final HexFormat UPPER = HexFormat.of().withUpperCase();

  private Percent() {}

  /**
   * Decodes a part of some bytes.
   *
   * @param isForm whether a plus is a space
   * @return null if an escape is bad: {@link #badEscape} says where
   */
  public static byte @Nullable [] decode(byte[] text, int from, int to, boolean isForm) {
    if (isPlain(text, from, to, isForm)) {
      return Arrays.copyOfRange(text, from, to);
    }
    byte[] decoded = new byte[to - from];
    int size = 0;
    for (int i = from; i < to; i++) {
      byte b = text[i];
      if (b == '%') {
        if (!isEscape(text, i, to)) {
          return null;
        }
        b = (byte) HexFormat.fromHexDigits(pair(text, i));
        i += 2;
      } else if (isForm && b == '+') {
        b = ' ';
      }
      decoded[size++] = b;
    }
    return size == decoded.length ? decoded : Arrays.copyOf(decoded, size);
  }

  private static boolean isPlain(byte[] text, int from, int to, boolean isForm) {
    for (int i = from; i < to; i++) {
      if (text[i] == '%' || (isForm && text[i] == '+')) {
        return false;
      }
    }
    return true;
  }

  /** The first bad escape, as far as it goes: up to three characters. Empty if all are good. */
  public static String badEscape(byte[] text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text[i] == '%') {
        if (!isEscape(text, i, to)) {
          return new String(text, i, Math.min(3, to - i), StandardCharsets.ISO_8859_1);
        }
        i += 2;
      }
    }
    return "";
  }

  /** Encodes a path for a Location header. */
  static String encodePath(String path) {
    StringBuilder encoded = new StringBuilder(path.length() + 16);
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      boolean isLetter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (isLetter || (c >= '0' && c <= '9') || PLAIN_IN_PATH.indexOf(c) >= 0) {
        encoded.append(c);
      } else {
        encoded.append('%').append(UPPER.toHexDigits((byte) c));
      }
    }
    return encoded.toString();
  }

  private static boolean isEscape(byte[] text, int percent, int to) {
    return percent + 2 < to
        && HexFormat.isHexDigit(text[percent + 1])
        && HexFormat.isHexDigit(text[percent + 2]);
  }

  private static String pair(byte[] text, int percent) {
    return new String(text, percent + 1, 2, StandardCharsets.ISO_8859_1);
  }
}
