package dev.remora.server.api.v3;

/** The escapes of JSON strings. */
final class JsonEscapes {
  private JsonEscapes() {}

  /** Replaces the escapes of a string whose form has been checked. */
  static String resolve(String raw) {
    StringBuilder text = new StringBuilder(raw.length());
    int i = 0;
    while (i < raw.length()) {
      char c = raw.charAt(i);
      if (c != '\\') {
        text.append(c);
        i++;
      } else if (raw.charAt(i + 1) == 'u') {
        text.append((char) Integer.parseInt(raw, i + 2, i + 6, 16));
        i += 6;
      } else {
        text.append(simple(raw.charAt(i + 1)));
        i += 2;
      }
    }
    return text.toString();
  }

  private static char simple(char escape) {
    return switch (escape) {
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      default -> escape;
    };
  }
}
