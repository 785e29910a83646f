package dev.remora.server.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The names a scenario may use in its requests and expectations.
 *
 * <p>A string that is exactly {@code $name}, {@code $name+2} or {@code $name-1} becomes the value
 * itself, a number where it is one. Inside longer strings {@code ${name}}, {@code ${name+1}},
 * {@code ${name+1:pad20}} (twenty digits) and {@code ${name:q}} (percent-encoded) are replaced, and
 * {@code $ns} everywhere.
 *
 * <p>Not thread-safe: a background request gets a {@link #copy}.
 */
final class Variables {
  private static final Pattern WHOLE = Pattern.compile("\\$([A-Za-z_]\\w*)([+-]\\d+)?");
  private static final Pattern EMBEDDED =
      Pattern.compile("\\$\\{([A-Za-z_]\\w*)([+-]\\d+)?(?::(\\w+))?\\}");
  private static final Pattern NAMESPACE = Pattern.compile("\\$ns\\b");
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final Map<String, JsonNode> values;

  Variables() {
    this(new HashMap<>());
  }

  private Variables(Map<String, JsonNode> values) {
    this.values = values;
  }

  Variables copy() {
    return new Variables(new HashMap<>(values));
  }

  void put(String name, JsonNode value) {
    values.put(name, value);
  }

  void put(String name, long value) {
    values.put(name, NODES.numberNode(value));
  }

  void put(String name, String value) {
    values.put(name, NODES.textNode(value));
  }

  /** Replaces variables everywhere in a JSON value, in field names too. */
  JsonNode substitute(JsonNode value) throws MismatchException {
    return switch (value) {
      case ObjectNode object -> {
        ObjectNode replaced = NODES.objectNode();
        for (Map.Entry<String, JsonNode> field : object.properties()) {
          replaced.set(text(field.getKey()), substitute(field.getValue()));
        }
        yield replaced;
      }
      case ArrayNode array -> {
        ArrayNode replaced = NODES.arrayNode();
        for (JsonNode element : array) {
          replaced.add(substitute(element));
        }
        yield replaced;
      }
      case JsonNode scalar when scalar.isTextual() -> substituteText(scalar.asText());
      default -> value;
    };
  }

  /** Replaces variables in a text. */
  String text(String template) throws MismatchException {
    return substituteText(template).asText();
  }

  private JsonNode substituteText(String template) throws MismatchException {
    Matcher whole = WHOLE.matcher(template);
    if (whole.matches()) {
      return look(whole.group(1), whole.group(2));
    }
    Matcher embedded = EMBEDDED.matcher(template);
    StringBuilder replaced = new StringBuilder();
    while (embedded.find()) {
      String value = formatted(look(embedded.group(1), embedded.group(2)), embedded.group(3));
      embedded.appendReplacement(replaced, Matcher.quoteReplacement(value));
    }
    embedded.appendTail(replaced);
    JsonNode namespace = values.get("ns");
    String text =
        namespace == null
            ? replaced.toString()
            : NAMESPACE.matcher(replaced).replaceAll(Matcher.quoteReplacement(namespace.asText()));
    return NODES.textNode(text);
  }

  private JsonNode look(String name, @Nullable String offset) throws MismatchException {
    JsonNode value = values.get(name);
    if (value == null) {
      throw new MismatchException("undefined variable $%s", name);
    }
    return offset == null
        ? value
        : NODES.numberNode(Long.parseLong(value.asText()) + Long.parseLong(offset));
  }

  private static String formatted(JsonNode value, @Nullable String format)
      throws MismatchException {
    return switch (format) {
      case null -> value.asText();
      case "pad20" -> String.format("%020d", Long.parseLong(value.asText()));
      case "q" -> URLEncoder.encode(value.asText(), StandardCharsets.UTF_8).replace("+", "%20");
      default -> throw new MismatchException("unknown format of a variable: %s", format);
    };
  }
}
