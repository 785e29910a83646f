package dev.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a watch's command is told, by a real process against a real registry. */
@ParameterizedClass(name = "{0}")
@EnumSource(RegistryKind.class)
final class AgentWatchTest extends AgentFixture {
  AgentWatchTest(RegistryKind kind) {
    super(kind);
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
}
