package dev.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What an agent renders, by a real process against a real registry. */
@ParameterizedClass(name = "{0}")
@EnumSource(RegistryKind.class)
final class AgentRenderTest extends AgentFixture {
  AgentRenderTest(RegistryKind kind) {
    super(kind);
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
}
