package dev.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The whole agent, as a process, against a real registry: the same facts for each kind of it. */
@ParameterizedClass(name = "{0}")
@EnumSource(RegistryKind.class)
final class AgentTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final RegistryKind kind;

  @TempDir private Path directory;
  private RegistryKind.Running registry;
  private RegistryClient client;

  AgentTest(RegistryKind kind) {
    this.kind = kind;
  }

  @BeforeEach
  void startRegistry() throws IOException {
    Awaitility.setDefaultTimeout(PATIENCE);
    Awaitility.setDefaultPollInterval(Duration.ofMillis(20));
    assumeTrue(kind.command().isPresent(), kind.absence());
    registry = new RegistryKind.Running(kind.command().orElseThrow(), directory);
    client = registry.client();
    client.awaitServing();
  }

  @AfterEach
  void stopRegistry() {
    if (registry != null) {
      registry.close();
    }
  }

  @Test
  void aServiceIsInTheRegistryWhileItsAgentRuns() throws Exception {
    Path config =
        config(
            """
            services:
              - {name: web, address: 10.0.0.7, port: 8080, tags: [v1], meta: {version: "1.2"}}
            """);

    try (AgentProcess agent = AgentProcess.ready(directory, config)) {
      assertThat(client.value("/services/web/web-n1-8080"))
          .contains(
              "{\"id\":\"web-n1-8080\",\"name\":\"web\",\"address\":\"10.0.0.7\",\"port\":8080,"
                  + "\"tags\":[\"v1\"],\"meta\":{\"version\":\"1.2\"},"
                  + "\"weights\":{\"passing\":1,\"warning\":1},\"status\":\"passing\","
                  + "\"node\":\"n1\",\"zone\":\"\"}");
      assertThat(client.lease("/services/web/web-n1-8080"))
          .isEqualTo(client.lease("/nodes/n1"))
          .isNotEqualTo("0");

      assertThat(agent.stop()).isZero();
      assertThat(client.keys("/services/")).isEmpty();
      assertThat(client.keys("/nodes/")).isEmpty();
    }
  }

  @Test
  void aLostLeaseIsGrantedAnewAndEverythingPutBack() throws Exception {
    Path config = config("services: [{name: web, port: 80}]\nlease_ttl: 5s\n");

    try (AgentProcess agent = AgentProcess.ready(directory, config)) {
      String lost = client.lease("/nodes/n1").orElseThrow();
      client.revoke(lost);

      await().until(() -> client.keys("/services/").equals(List.of("/services/web/web-n1-80")));
      assertThat(client.lease("/nodes/n1").orElseThrow()).isNotEqualTo(lost);
      agent.awaitLine("lease lost");
    }
  }

  @Test
  void aKilledAgentTakesItsOwnRecordsOverAtOnce() throws Exception {
    Path config = config("services: [{name: web, port: 80}]\nlease_ttl: 10m\n");
    try (AgentProcess first = AgentProcess.ready(directory, config)) {
      first.kill();
    }
    String ghost = client.lease("/services/web/web-n1-80").orElseThrow();

    try (AgentProcess second = AgentProcess.ready(directory, config)) {
      second.awaitLine("taking over our earlier record");
      assertThat(client.lease("/services/web/web-n1-80").orElseThrow()).isNotEqualTo(ghost);
    }
  }

  @Test
  void aRecordOfAnotherLivingAgentIsLeftAlone() throws Exception {
    String foreign = client.grant(600);
    client.putLeased("/nodes/n1", "{\"node\":\"n1\"}", foreign);
    Path config = config("services: [{name: web, port: 80}]\n");

    try (AgentProcess agent = AgentProcess.start(directory, "--config", config.toString())) {
      agent.awaitLine("not registered: /nodes/n1 belongs to another agent");

      assertThat(client.lease("/nodes/n1")).contains(foreign);
      assertThat(client.keys("/services/")).isEmpty();
      assertThat(agent.stop()).isZero();
      assertThat(client.keys("/nodes/")).containsExactly("/nodes/n1");
    }
  }

  @Test
  void aSecondAgentOnTheSameDataDirectoryIsRefused() throws Exception {
    Path config = config("");

    try (AgentProcess first = AgentProcess.ready(directory, config);
        AgentProcess second = AgentProcess.start(directory, "--config", config.toString())) {
      assertThat(second.exitCode()).isEqualTo(2);
      assertThat(second.output()).contains("is in use by another agent").hasLineCount(1);
      assertThat(first.stop()).isZero();
    }
  }

  @Test
  void aRenderFollowsAPut() throws Exception {
    client.put("/app/color", "red");
    Path config = config(template("color={{ key('/app/color') }}", ""));

    try (AgentProcess agent = AgentProcess.ready(directory, config)) {
      assertThat(destination()).hasContent("color=red");

      long revision = client.put("/app/color", "blue");

      await().untilAsserted(() -> assertThat(destination()).hasContent("color=blue"));
      agent.awaitLine("rendered destination=" + destination() + " revision=" + revision);
      assertThat(agent.output()).doesNotContain("blue");
    }
  }

  @Test
  void aMissingKeyIsWaitedForAndADeletedOneLeavesTheLastGoodFile() throws Exception {
    Path config = config(template("{{ key('/app/color') }}", ""));

    try (AgentProcess agent = AgentProcess.start(directory, "--config", config.toString())) {
      agent.awaitLine("key /app/color is missing");
      client.put("/app/color", "red");
      await().untilAsserted(() -> assertThat(destination()).hasContent("red"));
      agent.awaitLine("agent ready");

      client.delete("/app/color");

      await().until(() -> agent.linesWith("key /app/color is missing") == 2);
      assertThat(destination()).hasContent("red");
    }
  }

  @Test
  void theServicesOfOtherAgentsAreRendered() throws Exception {
    Path config =
        config(
            "services: [{name: web, address: 10.0.0.7, port: 80}]\n"
                + template(
                    "{% for i in service('web') %}{{ i.address }}:{{ i.port }};{% endfor %}", ""));

    try (AgentProcess _ = AgentProcess.ready(directory, config)) {
      await().untilAsserted(() -> assertThat(destination()).hasContent("10.0.0.7:80;"));

      client.put(
          "/services/web/x",
          "{\"id\":\"x\",\"name\":\"web\",\"address\":\"10.0.0.8\",\"port\":81,"
              + "\"status\":\"passing\"}");

      await().untilAsserted(() -> assertThat(destination()).hasContent("10.0.0.7:80;10.0.0.8:81;"));
    }
  }

  @Test
  void theViewGoesOnAfterARestartOfTheRegistry() throws Exception {
    client.put("/app/color", "red");
    Path config = config(template("{{ key('/app/color') }}", ""));

    try (AgentProcess agent = AgentProcess.ready(directory, config)) {
      registry.kill();
      agent.awaitLine("registry lost");
      assertThat(destination()).hasContent("red");
      registry.restart();
      client.put("/app/color", "blue");

      await().untilAsserted(() -> assertThat(destination()).hasContent("blue"));
      agent.awaitLine("registry found again");
      assertThat(agent.stop()).isZero();
    }
  }

  @Test
  void aChangeThatWasCompactedAwayIsStillSeen() throws Exception {
    client.put("/app/color", "red");
    client.put("/app/gone", "1");
    Path config =
        config(
            template("{{ key('/app/color') }}{{ exists('/app/gone') }}{{ ls('/x/') | json }}", ""));

    try (AgentProcess agent = AgentProcess.ready(directory, config)) {
      // While the agent stands still, its watch breaks and history goes on without it.
      agent.signal("STOP");
      registry.kill();
      registry.restart();
      client.put("/app/color", "blue");
      client.delete("/app/gone");
      client.compact(client.put("/other", "1"));
      agent.signal("CONT");

      await().untilAsserted(() -> assertThat(destination()).hasContent("bluefalse[]"));
      agent.awaitLine("compacted away");
      client.put("/app/color", "green");
      await().untilAsserted(() -> assertThat(destination()).hasContent("greenfalse[]"));
    }
  }

  @Test
  void oneTransactionIsNeverRenderedInHalves() throws Exception {
    client.putAll(Map.of("/a/n", "0", "/b/n", "0"));
    Path seen = directory.resolve("seen");
    Path config =
        config(
            template(
                "{{ key('/a/n') }} {{ key('/b/n') }}",
                "reload: {command: [sh, -c, 'cat "
                    + destination()
                    + " >> "
                    + seen
                    + "; echo >> "
                    + seen
                    + "']}"));

    try (AgentProcess agent = AgentProcess.ready(directory, config)) {
      for (int i = 1; i <= 100; i++) {
        client.putAll(Map.of("/a/n", "" + i, "/b/n", "" + i));
      }
      await().untilAsserted(() -> assertThat(destination()).hasContent("100 100"));
      assertThat(agent.stop()).isZero();
    }

    assertThat(Files.readAllLines(seen))
        .isNotEmpty()
        .allSatisfy(line -> assertThat(line.split(" ", -1)[0]).isEqualTo(line.split(" ", -1)[1]));
  }

  @Test
  void aWatchCommandIsToldOfEveryChangedKeyAlsoOfThoseDuringARun() throws Exception {
    client.put("/flags/old", "0");
    Path told = directory.resolve("told");
    Path config =
        config(
            "watches: [{prefix: /flags/, command: [sh, -c, 'cat >> " + told + "; sleep 0.3']}]\n");

    try (AgentProcess _ = AgentProcess.ready(directory, config)) {
      long first = client.put("/flags/a", "1");
      await().until(() -> Files.exists(told) && Files.readString(told).contains("/flags/a"));
      long second = client.put("/flags/b", "2");
      client.delete("/flags/a");

      await().until(() -> Files.readAllLines(told).size() == 3);
      assertThat(Files.readAllLines(told))
          .containsExactlyInAnyOrder(
              "{\"type\":\"put\",\"key\":\"/flags/a\",\"value\":\"1\",\"revision\":" + first + "}",
              "{\"type\":\"delete\",\"key\":\"/flags/a\",\"revision\":" + (second + 1) + "}",
              "{\"type\":\"put\",\"key\":\"/flags/b\",\"value\":\"2\",\"revision\":"
                  + second
                  + "}");
    }
  }

  @Test
  void aFailedWatchCommandIsToldAgain() throws Exception {
    Path told = directory.resolve("told");
    Path config =
        config(
            "watches: [{prefix: /flags/, command: [sh, -c, 'test -e "
                + told
                + " && cat >> "
                + told
                + " || { touch "
                + told
                + "; exit 1; }']}]\n");

    try (AgentProcess agent = AgentProcess.ready(directory, config)) {
      client.put("/flags/a", "1");

      agent.awaitLine("watch command exited with 1");
      await().untilAsserted(() -> assertThat(Files.readString(told)).contains("/flags/a"));
    }
  }

  @Test
  void aReloadCutOffByAKillIsDoneOnceByTheNextLife() throws Exception {
    client.put("/app/color", "red");
    Path config =
        config(
            template(
                "{{ key('/app/color') }}",
                "reload: {command: [sh, -c, 'echo >> begun; test -e go || exec sleep 30;"
                    + " cat out.conf >> done; echo >> done']}"));
    try (AgentProcess first = AgentProcess.start(directory, "--config", config.toString())) {
      await().until(() -> Files.exists(directory.resolve("begun")));
      first.kill();
    }
    assertThat(destination()).hasContent("red");
    Files.writeString(directory.resolve("go"), "");

    try (AgentProcess second = AgentProcess.ready(directory, config)) {
      second.awaitLine("reloaded destination=" + destination());
      await().until(this::isAcknowledged);
    }

    assertNothingIsOwed(config, "red");
  }

  @Test
  void aReloadThatCouldNotStartBeforeAKillIsDoneOnceByTheNextLife() throws Exception {
    client.put("/app/color", "red");
    Path config = config(template("{{ key('/app/color') }}", "reload: {command: [./late]}"));
    try (AgentProcess first = AgentProcess.start(directory, "--config", config.toString())) {
      first.awaitLine("reload ./late did not start");
      first.kill();
    }
    assertThat(destination()).hasContent("red");
    Path late = directory.resolve("late");
    Files.writeString(late, "#!/bin/sh\ncat out.conf >> done; echo >> done\n");
    assertThat(late.toFile().setExecutable(true)).isTrue();

    try (AgentProcess second = AgentProcess.ready(directory, config)) {
      second.awaitLine("reloaded destination=" + destination());
      await().until(this::isAcknowledged);
    }

    assertNothingIsOwed(config, "red");
  }

  /** What was written is acknowledged, durably. */
  private boolean isAcknowledged() throws IOException {
    try (var ledgers = Files.list(directory.resolve("state/groups"))) {
      Path ledger =
          ledgers.filter(file -> file.toString().endsWith(".json")).findFirst().orElseThrow();
      JsonObject saved = new JsonObject(Files.readString(ledger));
      return saved.getString("written").equals(saved.getString("acknowledged"));
    }
  }

  /** The next reload of the next life is that of the next change. */
  private void assertNothingIsOwed(Path config, String reloaded) throws Exception {
    try (AgentProcess agent = AgentProcess.ready(directory, config)) {
      client.put("/app/color", "blue");
      agent.awaitLine("reloaded destination=" + destination());
      assertThat(agent.stop()).isZero();
    }
    assertThat(Files.readAllLines(directory.resolve("done"))).containsExactly(reloaded, "blue");
  }

  @Test
  void aFailingCheckLeavesTheOldFile() throws Exception {
    client.put("/app/color", "red");
    Path config =
        config(
            template(
                "{{ key('/app/color') }}", "check: [sh, -c, '! grep bad \"$1\"', sh, '{staged}']"));

    try (AgentProcess agent = AgentProcess.ready(directory, config)) {
      client.put("/app/color", "bad");
      agent.awaitLine("check sh exited with 1");
      assertThat(destination()).hasContent("red");

      client.put("/app/color", "blue");

      await().untilAsserted(() -> assertThat(destination()).hasContent("blue"));
    }
  }

  private Path destination() {
    return directory.resolve("out.conf");
  }

  private String template(String text, String more) throws IOException {
    Files.writeString(directory.resolve("t.peb"), text);
    return "templates:\n  - source: t.peb\n    destination: out.conf\n"
        + (more.isEmpty() ? "" : "    " + more + "\n");
  }

  private Path config(String more) throws IOException {
    Path file = directory.resolve("agent.yaml");
    Files.writeString(
        file,
        "node: n1\nregistry: {endpoints: ['" + registry.url() + "']}\ndata_dir: state\n" + more);
    return file;
  }
}
