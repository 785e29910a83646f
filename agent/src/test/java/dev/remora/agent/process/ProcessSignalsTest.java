package dev.remora.agent.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.remora.agent.runner.ReloadSpec.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProcessSignalsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final ProcessSignals signals = new ProcessSignals();

  @TempDir private Path directory;
  private Path pidFile;
  private Process process;

  /** A program that tells of each signal, under a name that no other has. */
  @BeforeEach
  void start() throws IOException {
    String name = "rmr" + ProcessHandle.current().pid();
    Path program = directory.resolve(name);
    Files.copy(Path.of("/bin/sh").toRealPath(), program);
    assertThat(program.toFile().setExecutable(true)).isTrue();
    process =
        new ProcessBuilder(
                program.toString(),
                "-c",
                "trap 'echo usr1 >> got' USR1; echo up > up; while :; do sleep 0.1; done")
            .directory(directory.toFile())
            .start();
    pidFile = Files.writeString(directory.resolve("pid"), process.pid() + "\n");
    await().atMost(PATIENCE).until(() -> Files.exists(directory.resolve("up")));
  }

  @AfterEach
  void end() {
    process.destroyForcibly();
  }

  @Test
  void theProcessOfAPidFileGetsTheSignal() throws Exception {
    signals.send(new Target.PidFile(pidFile), "USR1");

    await().atMost(PATIENCE).until(() -> Files.exists(directory.resolve("got")));
  }

  @Test
  void aProcessThatIsYoungerThanItsPidFileIsAnotherOne() throws Exception {
    Files.setLastModifiedTime(pidFile, FileTime.from(Instant.now().minus(Duration.ofMinutes(10))));

    assertThatThrownBy(() -> signals.send(new Target.PidFile(pidFile), "KILL"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("it is another one");
    assertThat(process.isAlive()).isTrue();
  }

  @Test
  void theProcessOfANameGetsTheSignalAndNoneOrSeveralAreAnError() throws Exception {
    String name = "rmr" + ProcessHandle.current().pid();

    signals.send(new Target.Named(name), "USR1");

    await().atMost(PATIENCE).until(() -> Files.exists(directory.resolve("got")));
    assertThatThrownBy(() -> signals.send(new Target.Named(name + "x"), "USR1"))
        .hasMessageContaining("there is no process called");
    Process second =
        new ProcessBuilder(directory.resolve(name).toString(), "-c", "sleep 1000; :").start();
    try {
      assertThatThrownBy(() -> signals.send(new Target.Named(name), "KILL"))
          .hasMessageContaining("2 processes are called");
      assertThat(process.isAlive()).isTrue();
    } finally {
      second.descendants().forEach(ProcessHandle::destroyForcibly);
      second.destroyForcibly();
    }
  }

  @Test
  void whatIsNoPidFileIsAClearError() throws Exception {
    Path none = directory.resolve("none");
    Files.writeString(pidFile, "-1");

    assertThatThrownBy(() -> signals.send(new Target.PidFile(none), "HUP"))
        .hasMessageContaining("there is no pid file");
    assertThatThrownBy(() -> signals.send(new Target.PidFile(pidFile), "HUP"))
        .hasMessageContaining("is no pid file");
  }
}
