package dev.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A reload that is owed is done, also by the next life of the agent, a real process. */
@ParameterizedClass(name = "{0}")
@EnumSource(RegistryKind.class)
final class AgentReloadTest extends AgentFixture {
  AgentReloadTest(RegistryKind kind) {
    super(kind);
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
}
