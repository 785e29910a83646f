package dev.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What an agent registers, by a real process against a real registry. */
@ParameterizedClass(name = "{0}")
@EnumSource(RegistryKind.class)
final class AgentRegistrationTest extends AgentFixture {
  AgentRegistrationTest(RegistryKind kind) {
    super(kind);
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
}
