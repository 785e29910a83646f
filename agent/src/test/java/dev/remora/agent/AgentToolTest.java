package dev.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a person does at a terminal, by real processes. */
@ParameterizedClass(name = "{0}")
@EnumSource(RegistryKind.class)
final class AgentToolTest extends AgentFixture {
  AgentToolTest(RegistryKind kind) {
    super(kind);
  }

  @Test
  void statusServicesAndDrainSpeakToTheRunningAgent() throws Exception {
    Path config = config("services: [{name: web, id: w, port: 80}]\n");
    assertThat(run(config, "status").exitCode()).as("none runs").isEqualTo(7);
    try (AgentProcess agent = AgentProcess.ready(directory, config)) {
      AgentProcess status = run(config, "status");
      assertThat(status.exitCode()).as(status.output()).isZero();
      assertThat(status.output()).containsPattern("ready +true");
      AgentProcess services = run(config, "services");
      assertThat(services.exitCode()).isZero();
      assertThat(services.output()).containsPattern("web +w +[0-9.]+:80 +passing");

      assertThat(run(config, "drain", "--wait", "100ms").exitCode()).isZero();

      assertThat(agent.exitCode()).isZero();
      assertThat(client.keys("/")).isEmpty();
    }
  }

  @Test
  void aCommandRunsAtEachChangeBelowAPrefix() throws Exception {
    Path config = config("");
    try (AgentProcess watch = run(config, "watch", "/flags/", "--", "sh", "-c", "cat >> seen")) {
      Path seen = directory.resolve("seen");
      await()
          .until(() -> {
            client.put("/flags/a", "1");
            return Files.exists(seen) && Files.readString(seen).contains("\"key\":\"/flags/a\"");
          });
      assertThat(watch.stop()).isIn(0, 143);
    }
  }

  @Test
  void aLockIsHeldByOneInTheOrderOfAskingWithGrowingRevisions() throws Exception {
    Path config = config("");
    String script =
        "echo $REMORA_LOCK_REVISION >> revisions; while test ! -e go; do sleep 0.1; done";
    try (AgentProcess first = run(config, "lock", "job", "--", "sh", "-c", script)) {
      await().until(() -> Files.exists(directory.resolve("revisions")));
      AgentProcess second = run(config, "lock", "job", "--", "sh", "-c", script + "; exit 3");
      second.awaitLine("lock: waiting for /locks/job/");
      AgentProcess third = run(config, "lock", "job", "--", "sh", "-c", script);
      third.awaitLine("lock: waiting for /locks/job/");
      assertThat(client.keys("/locks/job/")).hasSize(3);
      assertThat(Files.readAllLines(directory.resolve("revisions"))).hasSize(1);
      assertThat(third.stop()).as("who waits can go").isEqualTo(143);
      await().until(() -> client.keys("/locks/job/").size() == 2);

      Files.writeString(directory.resolve("go"), "");

      assertThat(first.exitCode()).isZero();
      assertThat(second.exitCode()).as("that of the command").isEqualTo(3);
      assertThat(Files.readAllLines(directory.resolve("revisions")).stream().map(Long::valueOf))
          .hasSize(2)
          .isSorted()
          .doesNotHaveDuplicates();
      assertThat(client.keys("/locks/")).isEmpty();
    }
  }

  @Test
  void whoLosesTheLeaseHasItsCommandStopped() throws Exception {
    Path config = config("lease_ttl: 9s\n");
    String script = "echo $$ > pid; exec sleep 60";
    try (AgentProcess lock = run(config, "lock", "job", "--", "sh", "-c", script)) {
      await().until(() -> Files.exists(directory.resolve("pid")));
      await().until(() -> !Files.readString(directory.resolve("pid")).isBlank());
      long pid = Long.parseLong(Files.readString(directory.resolve("pid")).strip());

      client.revoke(client.lease(client.keys("/locks/job/").getFirst()).orElseThrow());

      assertThat(lock.exitCode()).isEqualTo(8);
      assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    }
  }

  private AgentProcess run(Path config, String tool, String... arguments) throws Exception {
    String[] all = new String[arguments.length + 3];
    all[0] = tool;
    all[1] = "--config";
    all[2] = config.toString();
    System.arraycopy(arguments, 0, all, 3, arguments.length);
    return AgentProcess.start(directory, all);
  }
}
