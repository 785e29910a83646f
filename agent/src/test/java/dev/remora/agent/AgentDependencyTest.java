package dev.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A change is rendered where it is asked for, and nowhere else. */
@ParameterizedClass(name = "{0}")
@EnumSource(RegistryKind.class)
final class AgentDependencyTest extends AgentFixture {
  private static final int TEMPLATES = 30;

  AgentDependencyTest(RegistryKind kind) {
    super(kind);
  }

  @Test
  void aChangeOfOneServiceRendersOnlyTheTemplatesThatNameIt() throws Exception {
    StringBuilder templates = new StringBuilder("templates:\n");
    for (int i = 0; i < TEMPLATES; i++) {
      client.put("/services/s" + i + "/a", "{\"address\":\"10.0.0.1\",\"port\":80}");
      Files.writeString(
          directory.resolve("s" + i + ".peb"),
          "{% for i in service('s" + i + "') %}{{ i.endpoint }} {% endfor %}\n");
      templates.append("  - {source: s%d.peb, destination: s%d.conf}\n".formatted(i, i));
    }
    Path config = config(templates.toString());
    try (AgentProcess agent = AgentProcess.ready(directory, config)) {
      await().until(() -> agent.linesWith("rendered destination=") == TEMPLATES);

      client.put("/services/s7/b", "{\"address\":\"10.0.0.2\",\"port\":80}");
      await().until(() -> Files.readString(directory.resolve("s7.conf")).contains("10.0.0.2"));
      client.put("/services/s8/b", "{\"address\":\"10.0.0.3\",\"port\":80}");
      await().until(() -> Files.readString(directory.resolve("s8.conf")).contains("10.0.0.3"));

      await().until(() -> agent.linesWith("s8.conf revision=") == 2);
      assertThat(agent.linesWith("rendered destination=")).isEqualTo(TEMPLATES + 2);
      assertThat(agent.linesWith("s7.conf revision=")).isEqualTo(2);
    }
  }
}
