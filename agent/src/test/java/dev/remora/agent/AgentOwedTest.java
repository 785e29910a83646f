package dev.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Reloads that are owed, and contents that are taken back; the registry has no part in these. */
@ParameterizedClass(name = "{0}")
@EnumSource(value = RegistryKind.class, names = "REMORA")
final class AgentOwedTest extends AgentFixture {
  private static final String LISTEN = "listen: 127.0.0.1:0\n";

  AgentOwedTest(RegistryKind kind) {
    super(kind);
  }

  @Test
  void aReloadOwedWhenTheAgentIsKilledHappensOnceAfterTheRestart() throws Exception {
    client.put("/k", "1");
    Path config =
        config(
            LISTEN
                + template(
                    "{{ key('/k') }}",
                    "reload: [{command: [sh, -c, 'echo run >> runs; test -e ok || sleep 300']}]"));
    try (AgentProcess agent = AgentProcess.start(directory, "--config", config.toString())) {
      await().until(() -> lines("runs").size() == 1);
      assertThat(destination()).hasContent("1");
      agent.kill();
    }
    Files.writeString(directory.resolve("ok"), "");

    try (AgentProcess agent = AgentProcess.ready(directory, config)) {
      await().until(() -> groups(agent).contains("in sync"));
      assertThat(agent.stop()).isZero();
    }
    try (AgentProcess agent = AgentProcess.ready(directory, config)) {
      await().until(() -> groups(agent).contains("in sync"));
      assertThat(agent.stop()).isZero();
    }

    assertThat(lines("runs")).hasSize(2);
  }

  @Test
  void aReloadThatFailsThreeTimesIsTriedFourTimes() throws Exception {
    client.put("/k", "1");
    Path config =
        config(
            LISTEN
                + template(
                    "{{ key('/k') }}",
                    "reload: [{command: [sh, -c, 'echo run >> runs; test $(wc -l < runs) -gt"
                        + " 3']}]"));

    try (AgentProcess agent = AgentProcess.start(directory, "--config", config.toString())) {
      agent.awaitLine("reloaded destination=" + destination() + " attempt=4");
      await().until(() -> groups(agent).contains("in sync"));
      assertThat(agent.stop()).isZero();
    }

    assertThat(lines("runs")).hasSize(4);
  }

  @Test
  void whatTheProgramDoesNotWorkWithIsTakenBackAndNotTriedAgain() throws Exception {
    client.put("/k", "good");
    Path config =
        config(
            LISTEN
                + template(
                    "{{ key('/k') }}",
                    "verify: {command: [grep, good, out.conf], within: 500ms}\n"
                        + "    reload: [{command: [sh, -c, 'cat out.conf >> runs; echo >>"
                        + " runs']}]"));

    try (AgentProcess agent = AgentProcess.ready(directory, config)) {
      await().until(() -> groups(agent).contains("in sync"));
      client.put("/k", "bad");
      await().until(() -> groups(agent).contains("quarantined"));
      await().until(() -> lines("runs").size() == 3);
      assertThat(destination()).hasContent("good");
      assertThat(lines("runs")).containsExactly("good", "bad", "good");
      client.put("/k", "bad");
      assertThat(agent.stop()).isZero();
    }
    try (AgentProcess agent = AgentProcess.ready(directory, config)) {
      await().until(() -> groups(agent).contains("quarantined"));
      assertThat(destination()).hasContent("good");
      client.put("/k", "good again");
      await().untilAsserted(() -> assertThat(destination()).hasContent("good again"));
      await().until(() -> groups(agent).contains("in sync"));
      assertThat(lines("runs")).containsExactly("good", "bad", "good", "good again");
    }
  }

  @Test
  void whyAGroupIsAsItIsCanBeAskedAndTheEarlierVersionPutBack() throws Exception {
    client.put("/k", "one");
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Path config = config("listen: 127.0.0.1:" + port + "\n" + template("{{ key('/k') }}", ""));

    try (AgentProcess agent = AgentProcess.ready(directory, config)) {
      client.put("/k", "two");
      await().untilAsserted(() -> assertThat(destination()).hasContent("two"));
      await().until(() -> groups(agent).contains("in sync"));
      assertThat(run("explain", destination().toString(), "--config", "agent.yaml"))
          .contains("in sync", "uses          /k keys=1", "changed       /k put revision=")
          .doesNotContain("two");

      run("rollback", "out.conf", "--config", "agent.yaml");

      await().untilAsserted(() -> assertThat(destination()).hasContent("one"));
      await().until(() -> groups(agent).contains("quarantined"));
      assertThat(run("rollback", destination().toString(), "--config", "agent.yaml"))
          .contains("409");
      assertThat(run("explain", "conf", "--config", "agent.yaml")).contains("no group 'conf'");
      client.put("/k", "three");
      await().untilAsserted(() -> assertThat(destination()).hasContent("three"));
      assertThat(agent.stop()).isZero();
    }
  }

  private String groups(AgentProcess agent) throws Exception {
    return LocalClient.of(agent).list("/v1/groups").encode();
  }

  private List<String> lines(String name) throws IOException {
    Path file = directory.resolve(name);
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  private String run(String... arguments) throws Exception {
    try (AgentProcess tool = AgentProcess.start(directory, arguments)) {
      tool.exitCode();
      return tool.output();
    }
  }
}
