package dev.remora.torture.client;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Texts as the JSON form of v3 has them. */
public final class Base64Text {
  private Base64Text() {}

  /** A text, encoded. */
  public static String of(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The encoded end of the range of all keys that begin so; ASCII only. */
  public static String endOf(String prefix) {
    int last = prefix.length() - 1;
    return of(prefix.substring(0, last) + (char) (prefix.charAt(last) + 1));
  }

  /** The text of an encoded one. */
  public static String text(String encoded) {
    return new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
  }
}
