package dev.remora.server.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes one expectation of a scenario wrong, so that a runner which still passes it checks nothing.
 *
 * <p>Each variant changes one field of one {@code expect} to its opposite or to a value no server
 * gives; all else stays.
 */
final class Falsifier {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final String NO_TEXT_HAS_THIS = "^\\bno such text\\b$";

  private Falsifier() {}

  /**
   * A scenario with one wrong expectation.
   *
   * @param kind the field that was changed
   * @param step the number of the step with it, from 1
   */
  record Variant(String kind, int step, Scenario scenario) {
    /** How the message of the failure begins that this variant must cause. */
    String place() {
      JsonNode wrong = scenario.steps().get(step - 1);
      String name = "step " + step;
      return wrong.path("background").asBoolean()
          ? wrong.path("as").asText("background of " + name) + " ("
          : name + " (";
    }

    /** The name under which a test report shows it. */
    @Override
    public String toString() {
      return scenario.id() + ", step " + step + ", " + kind;
    }
  }

  /** Every variant of a scenario: one for each field of each expectation. */
  static List<Variant> variants(Scenario scenario) {
    List<Variant> variants = new ArrayList<>();
    for (int i = 0; i < scenario.steps().size(); i++) {
      JsonNode step = scenario.steps().get(i);
      for (Map.Entry<String, JsonNode> field : step.path("expect").properties()) {
        Optional<ObjectNode> wrong = falsified(field.getKey(), step.path("expect"));
        if (wrong.isPresent()) {
          variants.add(new Variant(field.getKey(), i + 1, with(scenario, i, wrong.get())));
        }
      }
    }
    return variants;
  }

  private static Scenario with(Scenario scenario, int at, ObjectNode expect) {
    List<JsonNode> steps = new ArrayList<>(scenario.steps());
    ObjectNode step = steps.get(at).deepCopy();
    step.set("expect", expect);
    step.remove("retry_ms"); // A wrong expectation would use up the whole time.
    steps.set(at, step);
    return new Scenario(
        scenario.id(),
        scenario.area(),
        scenario.title(),
        scenario.nodes(),
        steps,
        scenario.teardown());
  }

  private static Optional<ObjectNode> falsified(String kind, JsonNode original) {
    ObjectNode expect = original.deepCopy();
    JsonNode value = expect.path(kind);
    switch (kind) {
      case "status" -> expect.put(kind, 299);
      case "headers" -> expect.set(kind, wrongHeader((ObjectNode) value));
      case "json-subset" -> expect.set(kind, wrongJson(value));
      case "json-absent" -> {
        // A field that is there: the first one the answer is known to have.
        Optional<String> present =
            expect.path("json-subset").propertyStream().map(Map.Entry::getKey).findFirst();
        if (present.isEmpty()) {
          return Optional.empty();
        }
        expect.set(kind, NODES.arrayNode().add(present.get()));
      }
      case "json-len" -> expect.set(kind, firstField(value, NODES.numberNode(1_000)));
      case "json-match" -> expect.set(kind, firstField(value, NODES.textNode(NO_TEXT_HAS_THIS)));
      case "json-range" ->
          expect.set(
              kind,
              firstField(
                  value,
                  NODES.arrayNode().add(new BigDecimal("9e30")).add(new BigDecimal("1e31"))));
      case "json-set" -> expect.set(kind, firstField(value, NODES.arrayNode().add("no such name")));
      case "body-exact" -> expect.put(kind, value.asText() + "x");
      case "body-regex" -> expect.put(kind, NO_TEXT_HAS_THIS);
      case "body-empty" -> {
        expect.remove(kind);
        expect.put("body-exact", "x");
      }
      case "pending" -> {
        expect.remove(kind);
        expect.put("complete", true);
      }
      case "complete" -> {
        expect.remove(kind);
        expect.put("pending", true);
      }
      case "events" -> expect.set(kind, wrongEvents((ArrayNode) value));
      case "closed" -> {
        expect.remove(kind);
        expect.put("status", 200);
      }
      case "eof" -> expect.put(kind, !value.asBoolean());
      default -> throw new IllegalStateException("no way to falsify " + kind);
    }
    return Optional.of(expect);
  }

  /** An absent header is demanded, a present one is demanded to be absent. */
  private static ObjectNode wrongHeader(ObjectNode headers) {
    ObjectNode wrong = headers.deepCopy();
    Map.Entry<String, JsonNode> first = headers.properties().iterator().next();
    if (first.getValue().isNull()) {
      wrong.put(first.getKey(), "present");
    } else {
      wrong.putNull(first.getKey());
    }
    return wrong;
  }

  private static JsonNode firstField(JsonNode object, JsonNode value) {
    ObjectNode wrong = object.deepCopy();
    wrong.set(object.properties().iterator().next().getKey(), value);
    return wrong;
  }

  /** The last scalar, deepest first, becomes another one. */
  private static JsonNode wrongJson(JsonNode value) {
    if (value.isObject() && !value.isEmpty()) {
      ObjectNode wrong = value.deepCopy();
      String last = value.properties().stream().toList().getLast().getKey();
      wrong.set(last, wrongJson(value.path(last)));
      return wrong;
    }
    if (value.isArray() && !value.isEmpty()) {
      ArrayNode wrong = value.deepCopy();
      wrong.set(value.size() - 1, wrongJson(value.path(value.size() - 1)));
      return wrong;
    }
    return switch (value.getNodeType()) {
      case BOOLEAN -> NODES.booleanNode(!value.asBoolean());
      case NUMBER -> NODES.numberNode(value.decimalValue().add(BigDecimal.ONE));
      case ARRAY, BINARY, MISSING, NULL, OBJECT, POJO, STRING ->
          NODES.textNode("not " + value.asText());
    };
  }

  /** One event fewer than there are; if there is none, one more. */
  private static ArrayNode wrongEvents(ArrayNode events) {
    ArrayNode wrong = events.deepCopy();
    if (wrong.isEmpty()) {
      wrong.add(NODES.objectNode());
    } else {
      wrong.remove(wrong.size() - 1);
    }
    return wrong;
  }
}
