package dev.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./remora dev} with the jars that were just built, as a person at a terminal uses it. */
final class DevIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Maven leaves a jar alone whose content is the same; the launcher then builds it once more. */
  private static final Duration BUILD_PATIENCE = Duration.ofMinutes(3);

  private static final Pattern PUT = Pattern.compile("(?m)^ *(curl .*-XPUT.*)$");
  private static final Path LAUNCHER = Path.of("..", "remora").toAbsolutePath().normalize();

  @TempDir private Path directory;

  @Test
  void aValuePutWithThePrintedCommandIsInThePrintedFileAndInterruptEndsBoth() throws Exception {
    Path output = directory.resolve("output");
    long startNanos = System.nanoTime();
    Process dev = start(output);
    try {
      awaitText(dev, output, "Ctrl-C ends both", BUILD_PATIENCE);
      Duration taken = Duration.ofNanos(System.nanoTime() - startNanos);
      System.out.printf("./remora dev was ready after %d ms%n", taken.toMillis());
      if (!Files.readString(output).contains("remora: building")) {
        assertThat(taken).isLessThan(PATIENCE);
      }
      Matcher put = PUT.matcher(Files.readString(output));
      assertThat(put.find()).as("a curl command is printed").isTrue();

      assertThat(new ProcessBuilder("sh", "-c", put.group(1)).start().waitFor()).isZero();

      Path rendered = directory.resolve("data/rendered/upstreams.conf");
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(rendered).content().contains("10.0.0.2:8080"));
      awaitText(dev, output, "ms after the write", PATIENCE);
      List<ProcessHandle> programs = dev.descendants().filter(DevIT::isJava).toList();
      assertThat(programs).hasSize(2);

      interrupt(dev);

      assertThat(dev.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(dev.exitValue()).isZero();
      assertThat(programs).noneMatch(ProcessHandle::isAlive);
    } finally {
      dev.descendants().forEach(ProcessHandle::destroyForcibly);
      dev.destroyForcibly();
    }
  }

  /** In a process group of its own, as a terminal starts it; setsid keeps the process id. */
  private Process start(Path output) throws IOException {
    return new ProcessBuilder(
            "setsid",
            "env",
            "--default-signal=INT", // A run in the background hands down that it is ignored.
            LAUNCHER.toString(),
            "dev",
            "--port",
            Integer.toString(freePort()),
            "--data-dir",
            directory.resolve("data").toString())
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }

  /** What Ctrl-C does: SIGINT to the whole group, of which the launcher is the leader. */
  private static void interrupt(Process leader) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-INT", "--", "-" + leader.pid()).start().waitFor();
  }

  private static void awaitText(Process dev, Path output, String text, Duration patience) {
    await()
        .atMost(patience)
        .failFast(() -> assertThat(dev.isAlive()).as(Files.readString(output)).isTrue())
        .until(() -> Files.readString(output).contains(text));
  }

  private static boolean isJava(ProcessHandle process) {
    return process.info().command().orElse("").endsWith("/java");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
