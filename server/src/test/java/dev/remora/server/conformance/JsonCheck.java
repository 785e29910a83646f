package dev.remora.server.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Compares a JSON answer with what is expected of it. Paths are dotted: {@code node.nodes.0.key}.
 */
final class JsonCheck {
  /** Like {@code $} and {@code .} elsewhere: only a line feed ends a line. */
  static final int REGEX_FLAGS = Pattern.UNIX_LINES;

  private static final int EXCERPT_CHARS = 300;

  private JsonCheck() {}

  /** Objects: at least these fields. Arrays: the same length, one by one. Scalars: equal. */
  static void subset(JsonNode want, JsonNode got, String where) throws MismatchException {
    if (want.isObject()) {
      if (!got.isObject()) {
        throw new MismatchException("%s: want an object, got %s", where, got);
      }
      for (Map.Entry<String, JsonNode> field : want.properties()) {
        JsonNode value = got.get(field.getKey());
        if (value == null) {
          throw new MismatchException(
              "%s: field %s is missing in %s", where, field.getKey(), excerpt(got.toString()));
        }
        subset(field.getValue(), value, where + "." + field.getKey());
      }
    } else if (want.isArray()) {
      if (!got.isArray() || want.size() != got.size()) {
        throw new MismatchException(
            "%s: want a list of %d, got %s", where, want.size(), excerpt(got.toString()));
      }
      for (int i = 0; i < want.size(); i++) {
        subset(want.get(i), got.get(i), where + "[" + i + "]");
      }
    } else if (!scalarsEqual(want, got)) {
      throw new MismatchException("%s: want %s, got %s", where, want, got);
    }
  }

  static void absent(String path, JsonNode document) throws MismatchException {
    if (find(document, path).isPresent()) {
      throw new MismatchException(
          "field %s should be absent: %s", path, excerpt(document.toString()));
    }
  }

  static void length(String path, int want, JsonNode document) throws MismatchException {
    int got = find(document, path).map(JsonCheck::length).orElse(-1);
    if (got != want) {
      throw new MismatchException("field %s: want %d items, got %d", path, want, got);
    }
  }

  static void match(String path, String regex, JsonNode document) throws MismatchException {
    Optional<JsonNode> got = find(document, path);
    if (got.isEmpty() || !Pattern.compile(regex, REGEX_FLAGS).matcher(got.get().asText()).find()) {
      throw new MismatchException("field %s: want /%s/, got %s", path, regex, got);
    }
  }

  static void range(String path, JsonNode bounds, JsonNode document) throws MismatchException {
    Optional<JsonNode> got = find(document, path).filter(JsonNode::isNumber);
    boolean inside =
        got.isPresent()
            && got.get().decimalValue().compareTo(bounds.get(0).decimalValue()) >= 0
            && got.get().decimalValue().compareTo(bounds.get(1).decimalValue()) <= 0;
    if (!inside) {
      throw new MismatchException("field %s: want %s, got %s", path, bounds, got);
    }
  }

  /** The values at {@code array[].field}, in any order. */
  static void set(String path, JsonNode names, JsonNode document) throws MismatchException {
    int at = path.lastIndexOf("[].");
    String field = at < 0 ? path : path.substring(at + 3);
    Optional<JsonNode> array =
        at <= 0 ? Optional.of(document) : find(document, path.substring(0, at));
    if (array.isEmpty()) {
      throw new MismatchException("%s: there is no such list", path);
    }
    List<String> got = new ArrayList<>();
    array.get().forEach(element -> got.add(element.path(field).asText()));
    List<String> want = new ArrayList<>();
    names.forEach(name -> want.add(name.asText()));
    if (!sorted(want).equals(sorted(got))) {
      throw new MismatchException("%s: want the set %s, got %s", path, sorted(want), sorted(got));
    }
  }

  static Optional<JsonNode> find(JsonNode document, String path) {
    JsonNode at = document;
    for (String name : path.split("\\.", -1)) {
      at =
          at.isArray() && name.matches("\\d{1,9}")
              ? at.path(Integer.parseInt(name))
              : at.path(name);
    }
    return at.isMissingNode() ? Optional.empty() : Optional.of(at);
  }

  static String excerpt(String text) {
    return text.length() <= EXCERPT_CHARS ? text : text.substring(0, EXCERPT_CHARS) + "…";
  }

  private static boolean scalarsEqual(JsonNode want, JsonNode got) {
    return (want.isNumber() && got.isNumber())
        ? want.decimalValue().compareTo(got.decimalValue()) == 0
        : want.equals(got);
  }

  private static int length(JsonNode value) {
    return value.isTextual() ? value.asText().length() : value.size();
  }

  private static List<String> sorted(List<String> names) {
    return names.stream().sorted().toList();
  }
}
