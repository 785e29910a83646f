package dev.remora.server.api.v2;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Text as Go's {@code strconv.Quote} prints it: what etcd's HTTP library quotes in its errors. */
final class GoQuote {
  private static final int UTF8_BYTES_MAX = 4;
  private static final String SPECIAL = "\u0007\b\f\n\r\t\u000b\"\\";
  private static final String LETTERS = "abfnrtv\"\\";

  private GoQuote() {}

  /**
   * Quotes a text.
   *
   * @param bytes a text each character of which stands for one byte
   */
  static String of(String bytes) {
    StringBuilder quoted = new StringBuilder("\"");
    int at = 0;
    while (at < bytes.length()) {
      int length = characterLength(bytes, at);
      if (length == 0) {
        quoted.append(String.format("\\x%02x", (int) bytes.charAt(at)));
        at++;
      } else {
        append(quoted, decoded(bytes, at, at + length).codePointAt(0));
        at += length;
      }
    }
    return quoted.append('"').toString();
  }

  private static void append(StringBuilder quoted, int character) {
    int special = SPECIAL.indexOf(character);
    if (special >= 0) {
      quoted.append('\\').append(LETTERS.charAt(special));
    } else if (isPrintable(character)) {
      quoted.appendCodePoint(character);
    } else if (character < 0x80) {
      quoted.append(String.format("\\x%02x", character));
    } else {
      quoted.append(String.format(character < 0x10000 ? "\\u%04x" : "\\U%08x", character));
    }
  }

  private static boolean isPrintable(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> character == ' ';
      default -> true;
    };
  }

  /** How many bytes the character has that begins here; 0 if none does. */
  private static int characterLength(String bytes, int from) {
    int longest = Math.min(UTF8_BYTES_MAX, bytes.length() - from);
    for (int length = 1; length <= longest; length++) {
      if (!decoded(bytes, from, from + length).isEmpty()) {
        return length;
      }
    }
    return 0;
  }

  /** The text of some bytes; empty if they are not UTF-8. */
  private static String decoded(String bytes, int from, int to) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.substring(from, to).getBytes(StandardCharsets.ISO_8859_1)))
          .toString();
    } catch (CharacterCodingException _) {
      return "";
    }
  }
}
