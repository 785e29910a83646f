package dev.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A registry that goes and comes back under a running agent, by real processes. */
@ParameterizedClass(name = "{0}")
@EnumSource(RegistryKind.class)
final class AgentOutageTest extends AgentFixture {
  AgentOutageTest(RegistryKind kind) {
    super(kind);
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
}
