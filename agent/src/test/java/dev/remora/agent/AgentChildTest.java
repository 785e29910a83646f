package dev.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The program the agent supervises, and the orphans it reaps. */
@ParameterizedClass(name = "{0}")
@EnumSource(value = RegistryKind.class, names = "REMORA")
final class AgentChildTest extends AgentFixture {
  private static final int ORPHANS = 100;
  private static final Duration LONG = Duration.ofSeconds(60);

  AgentChildTest(RegistryKind kind) {
    super(kind);
  }

  @Test
  void theChildStartsAfterTheFirstRenderIsToldOfChangesAndPassesItsExitCodeOn() throws Exception {
    // Not HUP: where nohup has started this, no shell can trap it.
    script(
        """
        trap 'echo told >> seen' USR2
        trap 'echo usr1 >> seen; exit 7' USR1
        cat out.conf >> seen; echo >> seen
        while :; do sleep 0.1; done
        """);
    Path config =
        config(
            template("{{ key('/k') }}", "reload: [{child: reload}]")
                + "child: {command: [sh, child.sh], reload_signal: USR2,"
                + " restart: {policy: never}}\n");

    try (AgentProcess agent = AgentProcess.start(directory, "--config", config.toString())) {
      agent.awaitLine("key /k is missing");
      assertThat(lines()).isEmpty();
      client.put("/k", "1");
      await().untilAsserted(() -> assertThat(lines()).containsExactly("1"));
      client.put("/k", "2");
      await().untilAsserted(() -> assertThat(lines()).containsExactly("1", "told"));
      agent.signal("USR1");

      assertThat(agent.exitCode()).isEqualTo(7);
      assertThat(lines()).containsExactly("1", "told", "usr1");
      assertThat(client.keys("/")).containsExactly("/k");
    }
  }

  @Test
  void aChildThatFailsIsStartedAgainRestartedForAChangeAndStoppedWithTheAgent() throws Exception {
    client.put("/k", "1");
    script(
        """
        echo start >> seen
        test $(wc -l < seen) -ge 3 || exit 1
        trap 'echo term >> seen; exit 0' TERM
        echo up $(cat out.conf) >> seen
        while :; do sleep 0.1; done
        """);
    Path config =
        config(
            template("{{ key('/k') }}", "reload: [{child: restart}]")
                + "child: {command: [sh, child.sh],"
                + " restart: {back_off: {min: 50ms, max: 100ms}}}\n");

    try (AgentProcess agent = AgentProcess.start(directory, "--config", config.toString())) {
      await().until(() -> lines().equals(List.of("start", "start", "start", "up 1")));
      client.put("/k", "2");
      await()
          .until(() ->
              lines().equals(List.of("start", "start", "start", "up 1", "term", "start", "up 2")));

      assertThat(agent.stop()).isZero();
      assertThat(lines()).endsWith("up 2", "term");
    }
  }

  @Test
  void aChildThatDoesNotEndIsKilledWithAllItHasStarted() throws Exception {
    script(
        "trap '' TERM; sleep 1000 & echo $! > pid; echo up >> seen; while :; do sleep 0.1; done");
    Path config =
        config(template("x", "") + "child: {command: [sh, child.sh], stop_timeout: 300ms}\n");

    try (AgentProcess agent = AgentProcess.start(directory, "--config", config.toString())) {
      await().until(() -> lines().equals(List.of("up")));
      assertThat(agent.stop()).isEqualTo(137);
      Path stat = Path.of("/proc", Files.readString(directory.resolve("pid")).strip(), "stat");
      await().until(() -> !Files.exists(stat) || Files.readString(stat).contains(") Z "));
    }
  }

  @Test
  void processOneLeavesNoneOfAHundredOrphansAZombie() throws Exception {
    List<String> unshare = List.of("unshare", "--pid", "--fork", "--kill-child", "--mount-proc");
    assumeTrue(canRun(unshare), "only root may make a PID namespace");
    Path config =
        config(
            template(
                "x",
                "reload: [{command: [sh, -c, 'for i in $(seq "
                    + ORPHANS
                    + "); do (while ! test -e go; do sleep 1; done &) ; done']}]"));

    try (AgentProcess agent =
        AgentProcess.startBy(unshare, directory, "--config", config.toString())) {
      agent.awaitLine("reloaded destination");
      long first = agent.onlyChild();
      await().atMost(LONG).until(() -> childrenOf(first) >= ORPHANS);
      Files.writeString(directory.resolve("go"), "");
      await().atMost(LONG).until(() -> childrenOf(first) == 0);
    }
  }

  private static boolean canRun(List<String> prefix) throws Exception {
    List<String> command = Stream.concat(prefix.stream(), Stream.of("true")).toList();
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
  }

  /** Zombies among them. */
  private static long childrenOf(long parent) throws IOException {
    long count = 0;
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      for (Path process :
          processes.filter(each -> each.getFileName().toString().matches("[0-9]+")).toList()) {
        try {
          String stat = Files.readString(process.resolve("stat"));
          String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 3);
          count += Long.parseLong(fields[1]) == parent ? 1 : 0;
        } catch (IOException e) {
          // It is gone.
        }
      }
    }
    return count;
  }

  private void script(String text) throws IOException {
    Files.writeString(directory.resolve("child.sh"), text);
  }

  private List<String> lines() throws IOException {
    Path seen = directory.resolve("seen");
    return Files.exists(seen) ? Files.readAllLines(seen) : List.of();
  }
}
