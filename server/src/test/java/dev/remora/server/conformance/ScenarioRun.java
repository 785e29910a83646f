package dev.remora.server.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One run of one scenario against one server, or the members of one cluster.
 *
 * <p>Not thread-safe. Background requests run on threads of their own and end with the run.
 */
final class ScenarioRun {
  private static final Duration TIMEOUT = Duration.ofSeconds(15);
  private static final Duration BACKGROUND_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration HEADERS_WAIT = Duration.ofSeconds(5);
  private static final Duration AWAIT = Duration.ofSeconds(3);

  /** How long a watch is given to stay silent, or to show an event too many. */
  private static final Duration SILENCE = Duration.ofMillis(400);

  private static final Duration RETRY_PAUSE = Duration.ofMillis(50);

  private final Scenario scenario;
  private final List<URI> members;
  private final Variables variables = new Variables();
  private final Map<String, Background> backgrounds = new LinkedHashMap<>();

  /**
   * Prepares a run.
   *
   * @param namespace a key prefix nobody else uses, starting with a slash
   */
  ScenarioRun(Scenario scenario, List<URI> members, String namespace) {
    this.scenario = scenario;
    this.members = List.copyOf(members);
    variables.put("ns", namespace);
  }

  /**
   * Runs the steps in order, then the teardown.
   *
   * @throws MismatchException at the first answer that is not as expected
   */
  void run() throws MismatchException {
    variables.put("idx0", indexBefore());
    try {
      int number = 0;
      for (JsonNode step : scenario.steps()) {
        number++;
        runNamed("step " + number, step);
      }
      for (Map.Entry<String, Background> background : backgrounds.entrySet()) {
        checkAtTheEnd(background.getKey(), background.getValue());
      }
    } finally {
      backgrounds.values().forEach(background -> background.reply.cut());
      for (JsonNode step : scenario.teardown()) {
        Exchange cleanup =
            new Exchange(member(step), step, variables, new Reply(), ScenarioRun::nothing);
        cleanup.run(TIMEOUT);
      }
      deleteNamespace();
    }
  }

  private long indexBefore() throws MismatchException {
    Reply reply = request("GET", "/v2/keys$ns");
    String index = reply.header("X-Etcd-Index").orElse("");
    if (index.isEmpty()) {
      throw new MismatchException(
          "cannot read X-Etcd-Index before the scenario: %d %s %s",
          reply.status(), reply.text(), reply.error());
    }
    return Long.parseLong(index);
  }

  private void deleteNamespace() throws MismatchException {
    request("DELETE", "/v2/keys$ns?recursive=true");
  }

  private Reply request(String method, String path) throws MismatchException {
    JsonNode step = JsonNodeFactory.instance.objectNode().put("method", method).put("path", path);
    Reply reply = new Reply();
    new Exchange(members.getFirst(), step, variables, reply, ScenarioRun::nothing).run(TIMEOUT);
    return reply;
  }

  private void runNamed(String name, JsonNode step) throws MismatchException {
    try {
      runStep(name, step);
    } catch (MismatchException e) {
      throw e.at(name + " (" + summary(step) + ")");
    }
  }

  private void runStep(String name, JsonNode step) throws MismatchException {
    if (step.has("delay_ms")) {
      Exchange.pause(Duration.ofMillis(step.path("delay_ms").asLong()));
    }
    if (step.has("await")) {
      await(step);
    } else if (step.path("background").asBoolean()) {
      Background background = new Background(member(step), step, variables.copy());
      backgrounds.put(step.path("as").asText("background of " + name), background);
      background.start();
    } else if (step.has("method") || step.has("raw")) {
      for (int i = 0; i < step.path("repeat").asInt(1); i++) {
        variables.put("i", i);
        requestUntilAsExpected(step);
      }
    }
  }

  private void await(JsonNode step) throws MismatchException {
    String name = step.path("await").asText();
    Background background = backgrounds.get(name);
    if (background == null) {
      throw new MismatchException("there is no background request %s", name);
    }
    if (!background.isOverWithin(millis(step, "read_ms", AWAIT))) {
      throw new MismatchException(
          "background request %s did not finish; got %s", name, background.reply.text());
    }
    checkAndCapture(step, background.reply);
  }

  /** Once, or again and again for as long as {@code retry_ms} allows. */
  private void requestUntilAsExpected(JsonNode step) throws MismatchException {
    long endNanos = System.nanoTime() + millis(step, "retry_ms", Duration.ZERO).toNanos();
    while (true) {
      Reply reply = new Reply();
      new Exchange(member(step), step, variables, reply, ScenarioRun::nothing)
          .run(millis(step, "timeout_ms", TIMEOUT));
      try {
        checkAndCapture(step, reply);
        return;
      } catch (MismatchException e) {
        if (System.nanoTime() - endNanos >= 0) {
          throw e;
        }
        Exchange.pause(RETRY_PAUSE);
      }
    }
  }

  private void checkAndCapture(JsonNode step, Reply reply) throws MismatchException {
    if (step.has("expect")) {
      Expectation.check(step.path("expect"), reply, variables);
    }
    for (Map.Entry<String, JsonNode> capture : step.path("capture").properties()) {
      capture(capture.getKey(), capture.getValue().asText(), reply);
    }
  }

  private void capture(String name, String source, Reply reply) throws MismatchException {
    String[] parts = source.split(":", 2);
    switch (parts[0]) {
      case "header" -> {
        String value = reply.header(parts[1]).orElse("");
        if (value.isEmpty()) {
          throw new MismatchException("capture: there is no header %s", parts[1]);
        }
        if (value.matches("\\d+")) {
          variables.put(name, Long.parseLong(value));
        } else {
          variables.put(name, value);
        }
      }
      case "json" ->
          variables.put(
              name,
              JsonCheck.find(Expectation.json(reply), parts[1])
                  .orElseThrow(
                      () -> new MismatchException("capture: there is no field %s", parts[1])));
      case "body" -> variables.put(name, reply.text());
      default -> throw new MismatchException("capture: unknown source %s", source);
    }
  }

  private void checkAtTheEnd(String name, Background background) throws MismatchException {
    JsonNode expect = background.step.path("expect");
    if (expect.isMissingNode()) {
      return;
    }
    boolean staysOpen =
        expect.path("pending").asBoolean()
            || (expect.has("events") && background.step.path("stream").asBoolean());
    background.isOverWithin(millis(background.step, "read_ms", staysOpen ? SILENCE : AWAIT));
    try {
      Expectation.check(expect, background.reply, variables);
    } catch (MismatchException e) {
      throw e.at(name + " (" + summary(background.step) + ")");
    }
  }

  private URI member(JsonNode step) {
    return members.get(step.path("node").asInt(0));
  }

  private static Duration millis(JsonNode step, String field, Duration otherwise) {
    return Duration.ofMillis(step.path(field).asLong(otherwise.toMillis()));
  }

  private static String summary(JsonNode step) {
    String request =
        step.path("raw").asText(step.path("method").asText() + " " + step.path("path").asText());
    return JsonCheck.excerpt(request.replace("\r\n", "\\n"));
  }

  private static void nothing() {}

  /** A request that goes on while further steps run. */
  private static final class Background {
    private final JsonNode step;
    private final Reply reply = new Reply();
    private final CountDownLatch headers = new CountDownLatch(1);
    private final Thread thread;

    /** Why it could not even be sent; written by the thread before it ends. */
    private volatile @Nullable MismatchException problem;

    Background(URI member, JsonNode step, Variables variables) {
      this.step = step;
      Exchange exchange = new Exchange(member, step, variables, reply, headers::countDown);
      this.thread = Thread.ofVirtual().unstarted(() -> exchange(exchange));
    }

    private void exchange(Exchange exchange) {
      try {
        exchange.run(BACKGROUND_TIMEOUT);
      } catch (MismatchException e) {
        problem = e;
        headers.countDown();
      }
    }

    /** Returns once the headers of the answer are here. */
    void start() throws MismatchException {
      thread.start();
      try {
        if (!headers.await(HEADERS_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
          throw new MismatchException("a background request got no headers within 5 s");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
      if (problem != null) {
        throw problem;
      }
    }

    boolean isOverWithin(Duration patience) {
      try {
        return thread.join(patience);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }
  }
}
