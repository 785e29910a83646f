package dev.remora.agent.config;

import java.util.Optional;

/**
 * The file in which Kubernetes' downward API shows a pod's annotations: lines of a name, an equals
 * sign, and the value as a quoted Go string (kubernetes.io, "Downward API":
 * "metadata.annotations").
 */
final class Annotations {
  private static final int HEX = 16;

  private Annotations() {}

  /** The value of an annotation, if it is there. */
  static Optional<String> value(String file, String name) {
    String start = name + "=\"";
    return file.lines()
        .filter(line -> line.startsWith(start) && line.endsWith("\""))
        .findFirst()
        .map(line -> unquoted(line.substring(start.length(), line.length() - 1)));
  }

  private static String unquoted(String text) {
    StringBuilder plain = new StringBuilder();
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      i++;
      if (c != '\\' || i == text.length()) {
        plain.append(c);
        continue;
      }
      char escape = text.charAt(i);
      i++;
      int digits = digits(escape);
      if (digits > 0 && i + digits <= text.length()) {
        plain.appendCodePoint(Integer.parseInt(text, i, i + digits, HEX));
        i += digits;
      } else {
        plain.append(control(escape));
      }
    }
    return plain.toString();
  }

  private static int digits(char escape) {
    return switch (escape) {
      case 'x' -> 2;
      case 'u' -> 4;
      case 'U' -> 8;
      default -> 0;
    };
  }

  private static char control(char escape) {
    return switch (escape) {
      case 'a' -> '\u0007';
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'v' -> '\u000b';
      default -> escape;
    };
  }
}
