package dev.remora.agent.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.remora.agent.runner.Commands.Command;
import dev.remora.agent.runner.Commands.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProcessCommandsTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final ProcessCommands commands = new ProcessCommands();

  @TempDir Path directory;

  @Test
  void theExitCodeAndBothOutputsComeBack() throws Exception {
    Result result = run(LONG, "", "/bin/sh", "-c", "echo out; echo err >&2; exit 3");

    assertThat(result).isEqualTo(new Result.Exited(3, "out\nerr\n"));
  }

  @Test
  void aProgramOfThePathIsFoundAndAMissingOneIsNotStarted() throws Exception {
    assertThat(run(LONG, "", "true")).isEqualTo(new Result.Exited(0, ""));
    assertThat(run(LONG, "", "no-such-program")).isInstanceOf(Result.NotStarted.class);
    assertThat(run(LONG, "", "/etc/passwd")).isInstanceOf(Result.NotStarted.class);
    assertThat(run(LONG, "")).isInstanceOf(Result.NotStarted.class);
  }

  @Test
  void argumentsReachTheProgramAsTheyAre() throws Exception {
    String hostile = "$(reboot) `id` \"'; & | > x \n *";

    assertThat(run(LONG, "", "printf", "%s|%s", hostile, ""))
        .isEqualTo(new Result.Exited(0, hostile + "|"));
  }

  @Test
  void standardInputIsGivenAndClosed() throws Exception {
    assertThat(run(LONG, "a\nb\n", "wc", "-l")).isEqualTo(new Result.Exited(0, "2\n"));
  }

  @Test
  void aProgramThatReadsNothingDoesNotHangOnALargeInput() throws Exception {
    assertThat(run(LONG, "x".repeat(10_000_000), "true")).isEqualTo(new Result.Exited(0, ""));
  }

  @Test
  void onlyTheEndOfALongOutputIsKept() throws Exception {
    Result result = run(LONG, "", "/bin/sh", "-c", "yes | head -c 1000000; echo end");

    assertThat(((Result.Exited) result).output()).hasSize(4096).endsWith("y\nend\n");
  }

  @Test
  void aHangingProgramIsKilledWithItsChildrenAndItsOrphans() throws Exception {
    Path child = directory.resolve("child");
    Path orphan = directory.resolve("orphan");
    String script =
        "sleep 1000 & echo $! > %s; (sleep 1000 & echo $! > %s); trap '' TERM; sleep 1000"
            .formatted(child, orphan);

    Result result = run(Duration.ofSeconds(2), "", "/bin/sh", "-c", script);

    assertThat(result).isInstanceOf(Result.TimedOut.class);
    assertDead(child);
    assertDead(orphan);
  }

  @Test
  void aDaemonLeftBehindNeitherHoldsTheCallUpNorIsKilled() throws Exception {
    Path daemon = directory.resolve("daemon");

    Result result = run(LONG, "", "/bin/sh", "-c", "sleep 1000 & echo $! > " + daemon);

    assertThat(result).isEqualTo(new Result.Exited(0, ""));
    ProcessHandle left = handle(daemon);
    assertThat(left.isAlive()).isTrue();
    left.destroyForcibly();
  }

  @Test
  void theCallerDoesNotWait() {
    long start = System.nanoTime();
    var running = commands.run(command(Duration.ofMillis(700), "", "sleep", "1000"));
    long took = System.nanoTime() - start;

    assertThat(Duration.ofNanos(took)).isLessThan(Duration.ofMillis(600));
    assertThat(running.toCompletableFuture().join()).isInstanceOf(Result.TimedOut.class);
  }

  private Result run(Duration timeout, String input, String... arguments) throws Exception {
    return commands
        .run(command(timeout, input, arguments))
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS);
  }

  private static Command command(Duration timeout, String input, String... arguments) {
    return new Command(List.of(arguments), input, timeout);
  }

  private static ProcessHandle handle(Path pidFile) throws Exception {
    return ProcessHandle.of(Long.parseLong(Files.readString(pidFile).strip())).orElseThrow();
  }

  private static void assertDead(Path pidFile) throws Exception {
    long pid = Long.parseLong(Files.readString(pidFile).strip());
    await().atMost(Duration.ofSeconds(5)).until(() -> isDead(pid));
  }

  /** Gone, or a zombie that nobody reaps. */
  private static boolean isDead(long pid) throws Exception {
    Path stat = Path.of("/proc/" + pid + "/stat");
    return !Files.exists(stat) || Files.readString(stat).contains(") Z ");
  }
}
