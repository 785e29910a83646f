package dev.remora.agent.template;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** YAML 1.1 and 1.2 block style. A string that could be read as anything else is quoted. */
final class Yaml {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z_/][A-Za-z0-9_./-]*");

  /** Words that some YAML reader takes for a boolean or for null. */
  private static final List<String> RESERVED =
      List.of("y", "n", "yes", "no", "on", "off", "true", "false", "null");

  private final StringBuilder out = new StringBuilder();
  private final Evaluation evaluation;

  private Yaml(Evaluation evaluation) {
    this.evaluation = evaluation;
  }

  /** No newline at the end. */
  static String write(@Nullable Object value, Evaluation evaluation) {
    Yaml yaml = new Yaml(evaluation);
    yaml.write(value, 0, /* isNested= */ false);
    return yaml.out.toString();
  }

  /** Writes after a key's colon or a dash if nested, else at the start of the text. */
  private void write(@Nullable Object value, int depth, boolean isNested) {
    Json.chargeValue(out, evaluation, depth);
    switch (value) {
      case null -> space(isNested).append("null");
      case Map<?, ?> map when map.isEmpty() -> space(isNested).append("{}");
      case List<?> list when list.isEmpty() -> space(isNested).append("[]");
      case Map<?, ?> map -> {
        boolean isFirst = !isNested;
        for (Map.Entry<?, ?> entry : Ordered.entries(map)) {
          newLine(isFirst, depth);
          out.append(text(String.valueOf(entry.getKey()))).append(':');
          write(entry.getValue(), depth + 1, true);
          isFirst = false;
        }
      }
      case List<?> list -> {
        boolean isFirst = !isNested;
        for (Object element : list) {
          newLine(isFirst, depth);
          out.append('-');
          write(element, depth + 1, true);
          isFirst = false;
        }
      }
      case Number number -> space(isNested).append(Json.number(number, evaluation));
      case Boolean truth -> space(isNested).append(truth);
      default -> space(isNested).append(text(PrintedExpression.text(value, evaluation)));
    }
  }

  private StringBuilder space(boolean isNested) {
    return isNested ? out.append(' ') : out;
  }

  private void newLine(boolean isFirst, int depth) {
    if (!isFirst) {
      out.append('\n').repeat("  ", depth);
    }
  }

  private static String text(String text) {
    boolean isPlain =
        PLAIN.matcher(text).matches() && !RESERVED.contains(text.toLowerCase(Locale.ROOT));
    return isPlain ? text : Json.quoted(text);
  }
}
