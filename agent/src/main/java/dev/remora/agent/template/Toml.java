package dev.remora.agent.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** TOML 1.0: a map becomes a document with tables, anything else an inline value. */
final class Toml {
  private static final Pattern BARE_KEY = Pattern.compile("[A-Za-z0-9_-]+");

  private final StringBuilder out = new StringBuilder();
  private final Evaluation evaluation;

  private Toml(Evaluation evaluation) {
    this.evaluation = evaluation;
  }

  /** No newline at the end. */
  static String write(@Nullable Object value, Evaluation evaluation) {
    Toml toml = new Toml(evaluation);
    if (value instanceof Map<?, ?> map) {
      toml.table(map, List.of());
      return toml.out.toString().strip();
    }
    toml.inline(value, 0);
    return toml.out.toString();
  }

  /** Plain values first: after a table's header, everything belongs to that table. */
  private void table(Map<?, ?> map, List<String> path) {
    Json.chargeValue(out, evaluation, path.size());
    for (Map.Entry<?, ?> entry : Ordered.entries(map)) {
      if (!isTable(entry.getValue()) && !isTables(entry.getValue())) {
        out.append(key(entry.getKey())).append(" = ");
        inline(entry.getValue(), path.size());
        out.append('\n');
      }
    }
    for (Map.Entry<?, ?> entry : Ordered.entries(map)) {
      List<String> name = new ArrayList<>(path);
      name.add(key(entry.getKey()));
      if (entry.getValue() instanceof Map<?, ?> table) {
        out.append("\n[").append(String.join(".", name)).append("]\n");
        table(table, name);
      } else if (isTables(entry.getValue()) && entry.getValue() instanceof List<?> tables) {
        tables(tables, name);
      }
    }
  }

  private void tables(List<?> tables, List<String> name) {
    for (Object element : tables) {
      out.append("\n[[").append(String.join(".", name)).append("]]\n");
      if (element instanceof Map<?, ?> table) {
        table(table, name);
      }
    }
  }

  private void inline(@Nullable Object value, int depth) {
    Json.chargeValue(out, evaluation, depth);
    switch (value) {
      case null -> throw evaluation.refuse("toml: there is no null in TOML");
      case Map<?, ?> map -> {
        String separator = "{";
        for (Map.Entry<?, ?> entry : Ordered.entries(map)) {
          out.append(separator).append(key(entry.getKey())).append(" = ");
          inline(entry.getValue(), depth + 1);
          separator = ", ";
        }
        out.append(map.isEmpty() ? "{}" : "}");
      }
      case List<?> list -> {
        String separator = "[";
        for (Object element : list) {
          out.append(separator);
          inline(element, depth + 1);
          separator = ", ";
        }
        out.append(list.isEmpty() ? "[]" : "]");
      }
      case Number number -> out.append(Json.number(number, evaluation));
      case Boolean truth -> out.append(truth);
      default -> out.append(Json.quoted(PrintedExpression.text(value, evaluation)));
    }
  }

  private static boolean isTable(@Nullable Object value) {
    return value instanceof Map<?, ?>;
  }

  private static boolean isTables(@Nullable Object value) {
    return value instanceof List<?> list
        && !list.isEmpty()
        && list.stream().allMatch(Toml::isTable);
  }

  private static String key(Object key) {
    String text = String.valueOf(key);
    return BARE_KEY.matcher(text).matches() ? text : Json.quoted(text);
  }
}
