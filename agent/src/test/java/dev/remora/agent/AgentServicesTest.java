package dev.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Services that come, change and go while the agent runs, a real process. */
@ParameterizedClass(name = "{0}")
@EnumSource(RegistryKind.class)
final class AgentServicesTest extends AgentFixture {
  AgentServicesTest(RegistryKind kind) {
    super(kind);
  }

  @Test
  void aReloadChangesWhatIsDifferentAndNothingElse() throws Exception {
    Files.createDirectory(directory.resolve("defs"));
    client.put("/app/color", "red");
    String template = template("{{ key('/app/color') }}", "");
    Path config =
        config(
            "services_dir: defs\n"
                + "services: [{name: a, id: a, port: 1}, {name: b, id: b, port: 2},"
                + " {name: c, id: c, port: 3}]\n"
                + template);
    try (AgentProcess agent = AgentProcess.ready(directory, config)) {
      String lease = client.lease("/nodes/n1").orElseThrow();
      assertThat(client.keys("/services/")).hasSize(3);

      // b has another tag, c is gone, d is new, and the template makes another file.
      config(
          "services_dir: defs\n"
              + "services: [{name: a, id: a, port: 1}, {name: b, id: b, port: 2, tags: [x]},"
              + " {name: d, id: d, port: 4}]\n"
              + template.replace("out.conf", "other.conf"));
      agent.signal("HUP");
      await()
          .untilAsserted(() ->
              assertThat(client.keys("/services/"))
                  .containsExactly("/services/a/a", "/services/b/b", "/services/d/d"));
      await().untilAsserted(() -> assertThat(directory.resolve("other.conf")).hasContent("red"));
      assertThat(client.version("/services/a/a")).isOne();
      assertThat(client.version("/services/b/b")).isEqualTo(2);
      assertThat(client.version("/nodes/n1")).isOne();
      assertThat(client.lease("/services/a/a")).contains(lease);

      Files.writeString(
          directory.resolve("defs/e.json"),
          "{\"Service\": {\"Name\": \"e\", \"Port\": 5, \"EnableTagOverride\": false}}");
      await().until(() -> client.value("/services/e/e").isPresent());
      agent.awaitLine("enable_tag_override has no meaning here");

      config("services: [{nam: a}]\nnode: n2\n");
      agent.awaitLine("not reloaded: " + config + ":6: services[0].nam: unknown key");
      assertThat(client.keys("/services/")).hasSize(4);

      config("lease_ttl: 40s\nservices: []\n");
      agent.awaitLine("a change of these needs a restart: lease_ttl");
      await().until(() -> client.keys("/services/").isEmpty());
      assertThat(client.lease("/nodes/n1")).as("all on one lease").contains(lease);
      assertThat(agent.stop()).isZero();
    }
  }

  @Test
  void aSecondAgentOfTheSameIdIsToldAndGetsItsTurnWhenTheFirstIsGone() throws Exception {
    Path config = config("lease_ttl: 5s\nservices: [{name: web, id: w, port: 80}]\n");
    Path other = directory.resolve("second.yaml");
    Files.writeString(
        other,
        Files.readString(config)
            .replace("data_dir: state", "data_dir: other")
            .replace(socket().toString(), directory.resolve("second.sock").toString()));
    try (AgentProcess first = AgentProcess.ready(directory, config);
        AgentProcess second = AgentProcess.start(directory, "--config", other.toString())) {
      second.awaitLine("not registered: /nodes/n1 belongs to another agent");
      String lease = client.lease("/services/web/w").orElseThrow();
      assertThat(client.version("/services/web/w")).as("written once").isOne();

      // The first stands still for longer than its lease: that ends as if it had expired.
      first.signal("STOP");
      client.revoke(lease);
      second.awaitLine("agent ready");
      String taken = client.lease("/services/web/w").orElseThrow();
      assertThat(taken).isNotEqualTo(lease);

      first.signal("CONT");
      first.awaitLine("lease lost");
      first.awaitLine("not registered: /nodes/n1 belongs to another agent");
      assertThat(client.lease("/services/web/w")).as("the newer life keeps it").contains(taken);
      assertThat(client.version("/services/web/w")).isOne();
    }
  }

  @Test
  void aRegistryThatLostItsDataIsGivenEverythingAgain() throws Exception {
    Path config = config("services: [{name: web, id: w, port: 80}]\n");
    try (AgentProcess agent = AgentProcess.ready(directory, config)) {
      client.put("/some", "history");
      client.put("/some", "more");
      registry.kill();
      registry.forget();
      registry.restart();

      await().until(() -> client.value("/services/web/w").isPresent());
      assertThat(client.lease("/services/web/w")).isEqualTo(client.lease("/nodes/n1"));
      assertThat(agent.stop()).isZero();
      assertThat(client.keys("/")).isEmpty();
    }
  }

  @Test
  void aThousandServicesAreRegisteredSoon() throws Exception {
    StringBuilder services = new StringBuilder("services:\n");
    for (int i = 0; i < 1_000; i++) {
      services.append("  - {name: s").append(i % 10).append(", id: i").append(i);
      services.append(", port: 80, checks: [{tcp: '127.0.0.1:1', interval: 1h}]}\n");
    }
    try (AgentProcess agent = AgentProcess.ready(directory, config(services.toString()))) {
      assertThat(client.keys("/services/")).hasSize(1_000);
      List<String> times = agent.times("listens at", "registered records=1001");
      System.out.printf("1000 services were registered between %s%n", times);
      assertThat(new JsonObject(client.value("/services/s3/i13").orElseThrow()).getString("status"))
          .isEqualTo("critical");
    }
  }

  @Test
  void aStartWithoutTheRegistryTakesWhatWasKnownAndSaysSo() throws Exception {
    client.put("/app/color", "red");
    Path config =
        config(template("{{ key('/app/color') }} {% if age() > 0 %}stale{% endif %}", ""));
    try (AgentProcess agent = AgentProcess.ready(directory, config)) {
      await().until(() -> Files.exists(directory.resolve("state/view.json")));
      agent.kill();
    }
    registry.kill();
    Files.delete(destination());

    try (AgentProcess agent = AgentProcess.start(directory, "--config", config.toString())) {
      await().untilAsserted(() -> assertThat(destination()).hasContent("red stale"));
      agent.awaitLine("starting with what was known");

      registry.restart();
      await().untilAsserted(() -> assertThat(destination()).hasContent("red "));
      client.put("/app/color", "blue");
      await().untilAsserted(() -> assertThat(destination()).hasContent("blue "));
    }
  }

  @Test
  void aServiceThatVanishesWholeIsHeldAndReleased() throws Exception {
    client.put(
        "/services/web/a", "{\"id\":\"a\",\"status\":\"passing\",\"address\":\"x\",\"port\":1}");
    client.put(
        "/services/web/b", "{\"id\":\"b\",\"status\":\"passing\",\"address\":\"x\",\"port\":1}");
    Path config =
        config(
            "guard: {max_shrink: 60%, hold: 4s}\n"
                + template("{% for i in service('web') %}{{ i.id }}{% endfor %}.", "")
                + "  - {source: t.peb, destination: brave.conf, guard: {max_shrink: 100%}}\n");
    Path brave = directory.resolve("brave.conf");
    try (AgentProcess agent = AgentProcess.ready(directory, config)) {
      assertThat(destination()).hasContent("ab.");
      assertThat(brave).hasContent("ab.");
      client.deleteAll("/services/web/");
      agent.awaitLine("web shrank from 2 to 0 instances: the former are shown for 4000 ms");
      await().untilAsserted(() -> assertThat(brave).hasContent("."));
      await().untilAsserted(() -> assertThat(destination()).hasContent("."));
      assertThat(agent.linesWith("brave.conf: web shrank")).isZero();
      assertThat(agent.linesWith("out.conf: web shrank")).isOne();
    }
  }
}
