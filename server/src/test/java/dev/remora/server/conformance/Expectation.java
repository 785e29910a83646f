package dev.remora.server.conformance;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a step demands of its reply.
 *
 * <p>A field this class does not know is a mistake in the scenario: it would otherwise demand
 * nothing.
 */
final class Expectation {
  /** Every field that can stand in an {@code expect}. */
  static final Set<String> FIELDS =
      Set.of(
          "status",
          "headers",
          "json-subset",
          "json-absent",
          "json-len",
          "json-match",
          "json-range",
          "json-set",
          "body-exact",
          "body-regex",
          "body-empty",
          "pending",
          "complete",
          "events",
          "events-absent",
          "closed",
          "eof");

  private final JsonNode expect;
  private final Reply reply;

  private Expectation(JsonNode expect, Reply reply) {
    this.expect = expect;
    this.reply = reply;
  }

  /**
   * Looks at the reply as it is now.
   *
   * @throws MismatchException saying what was wanted and what came
   */
  static void check(JsonNode expect, Reply reply, Variables variables) throws MismatchException {
    new Expectation(variables.substitute(expect), reply).check();
  }

  private void check() throws MismatchException {
    for (Map.Entry<String, JsonNode> field : expect.properties()) {
      if (!FIELDS.contains(field.getKey())) {
        throw new MismatchException("unknown expectation: %s", field.getKey());
      }
    }
    if (expect.path("closed").asBoolean()) {
      if (reply.hasStatus()) {
        throw new MismatchException("want the connection dropped, got status %d", reply.status());
      }
      return;
    }
    if (!reply.hasStatus()) {
      throw new MismatchException("no reply: %s", reply.error());
    }
    checkStatus();
    checkHeaders();
    checkBody();
    checkEnd();
    checkJson();
    if (expect.has("events")) {
      checkEvents();
    }
  }

  private void checkStatus() throws MismatchException {
    JsonNode want = expect.path("status");
    List<Integer> allowed = new ArrayList<>();
    if (want.isArray()) {
      want.forEach(status -> allowed.add(status.asInt()));
    } else if (!want.isMissingNode()) {
      allowed.add(want.asInt());
    }
    if (!allowed.isEmpty() && !allowed.contains(reply.status())) {
      throw new MismatchException(
          "status: want %s, got %d, body %s",
          want, reply.status(), JsonCheck.excerpt(reply.text()));
    }
  }

  private void checkHeaders() throws MismatchException {
    for (Map.Entry<String, JsonNode> header : expect.path("headers").properties()) {
      JsonNode want = header.getValue();
      Optional<String> got = reply.header(header.getKey());
      boolean holds =
          want.isNull()
              ? got.isEmpty()
              : got.isPresent()
                  && (want.has("regex")
                      ? found(want.path("regex").asText(), JsonCheck.REGEX_FLAGS, got.get())
                      : got.get().equals(want.asText()));
      if (!holds) {
        throw new MismatchException("header %s: want %s, got %s", header.getKey(), want, got);
      }
    }
  }

  private void checkBody() throws MismatchException {
    String text = reply.text();
    JsonNode exact = expect.path("body-exact");
    if (exact.isTextual() && !text.equals(exact.asText())) {
      throw new MismatchException("body: want %s, got %s", exact.asText(), text);
    }
    JsonNode regex = expect.path("body-regex");
    if (regex.isTextual() && !found(regex.asText(), JsonCheck.REGEX_FLAGS | Pattern.DOTALL, text)) {
      throw new MismatchException(
          "body: want /%s/, got %s", regex.asText(), JsonCheck.excerpt(text));
    }
    if (expect.path("body-empty").asBoolean() && !text.isEmpty()) {
      throw new MismatchException("body: want none, got %s", JsonCheck.excerpt(text));
    }
  }

  private void checkEnd() throws MismatchException {
    if (expect.path("pending").asBoolean()
        && (reply.isComplete() || reply.isDropped() || !reply.text().isEmpty())) {
      throw new MismatchException(
          "want a request that still waits, got complete=%s dropped=%s body %s",
          reply.isComplete(), reply.isDropped(), JsonCheck.excerpt(reply.text()));
    }
    if (expect.has("eof") && expect.path("eof").asBoolean() != reply.isEnded()) {
      throw new MismatchException(
          "connection closed by the server: want %s, got %s", expect.path("eof"), reply.isEnded());
    }
    if (expect.path("complete").asBoolean() && !reply.isComplete()) {
      throw new MismatchException(
          "the reply is not complete: %s (%s)", JsonCheck.excerpt(reply.text()), reply.error());
    }
  }

  private void checkJson() throws MismatchException {
    boolean wantsJson =
        expect.propertyStream().anyMatch(field -> field.getKey().startsWith("json-"));
    if (!wantsJson) {
      return;
    }
    JsonNode document = json(reply);
    if (expect.has("json-subset")) {
      JsonCheck.subset(expect.path("json-subset"), document, "$");
    }
    for (JsonNode path : expect.path("json-absent")) {
      JsonCheck.absent(path.asText(), document);
    }
    for (Map.Entry<String, JsonNode> field : expect.path("json-len").properties()) {
      JsonCheck.length(field.getKey(), field.getValue().asInt(), document);
    }
    for (Map.Entry<String, JsonNode> field : expect.path("json-match").properties()) {
      JsonCheck.match(field.getKey(), field.getValue().asText(), document);
    }
    for (Map.Entry<String, JsonNode> field : expect.path("json-range").properties()) {
      JsonCheck.range(field.getKey(), field.getValue(), document);
    }
    for (Map.Entry<String, JsonNode> field : expect.path("json-set").properties()) {
      JsonCheck.set(field.getKey(), field.getValue(), document);
    }
  }

  private void checkEvents() throws MismatchException {
    List<JsonNode> events = new ArrayList<>();
    for (String line : reply.text().split("\n", -1)) {
      if (!line.isBlank()) {
        events.add(event(line));
      }
    }
    JsonNode want = expect.path("events");
    if (events.size() != want.size()) {
      throw new MismatchException(
          "want %d events, got %d: %s", want.size(), events.size(), reply.text());
    }
    for (int i = 0; i < want.size(); i++) {
      JsonCheck.subset(want.get(i), events.get(i), "event[" + i + "]");
    }
    for (JsonNode path : expect.path("events-absent")) {
      for (JsonNode event : events) {
        JsonCheck.absent(path.asText(), event);
      }
    }
  }

  /** The whole body as JSON. */
  static JsonNode json(Reply reply) throws MismatchException {
    try {
      return Scenario.JSON.readTree(reply.body());
    } catch (IOException e) {
      throw new MismatchException(
          "the reply is not JSON (%s): %s", e.getMessage(), JsonCheck.excerpt(reply.text()));
    }
  }

  private static JsonNode event(String line) throws MismatchException {
    try {
      return Scenario.JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new MismatchException("not an event: %s (%s)", line, e.getOriginalMessage());
    }
  }

  private static boolean found(String regex, int flags, String text) {
    return Pattern.compile(regex, flags).matcher(text).find();
  }
}
