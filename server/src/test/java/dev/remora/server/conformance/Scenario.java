package dev.remora.server.conformance;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.stream.StreamSupport;

/**
 * One story of requests and expected answers.
 *
 * @param nodes how many members of one cluster it talks to
 * @param steps the requests in order, each with what it expects
 * @param teardown requests that are always sent afterwards, their answers ignored
 */
record Scenario(
    String id,
    String area,
    String title,
    int nodes,
    List<JsonNode> steps,
    List<JsonNode> teardown) {
  static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  Scenario {
    steps = List.copyOf(steps);
    teardown = List.copyOf(teardown);
  }

  /** Reads every scenario, in the order of the file. */
  static List<Scenario> all() {
    try (InputStream cases = Scenario.class.getResourceAsStream("/v2/cases.json")) {
      return elements(JSON.readTree(Objects.requireNonNull(cases))).stream()
          .map(Scenario::of)
          .toList();
    } catch (IOException e) {
      throw new IllegalStateException("v2/cases.json cannot be read", e);
    }
  }

  static Scenario of(JsonNode scenario) {
    return new Scenario(
        scenario.path("id").asText(),
        scenario.path("area").asText(),
        scenario.path("title").asText(),
        scenario.path("nodes").asInt(1),
        elements(scenario.path("steps")),
        elements(scenario.path("teardown")));
  }

  private static List<JsonNode> elements(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).toList();
  }

  /** The name under which a test report shows it. */
  @Override
  public String toString() {
    return id;
  }
}
