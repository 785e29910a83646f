package dev.remora.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The units of both programs, as systemd itself judges them. */
final class UnitFilesTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"remora-server", "remora-agent"})
  void systemdHasNothingToSayAgainstTheUnit(String name) throws Exception {
    assumeTrue(isThere(), "needs systemd-analyze");
    Path unit = directory.resolve(name + ".service");
    String program = "/opt/remora/" + name.substring("remora-".length()) + "/runtime/bin/java";
    String text = Files.readString(Path.of("..", "systemd").resolve(unit.getFileName()));
    assertThat(text).contains("ExecStart=" + program + " @");
    // It looks whether the program is there.
    Files.writeString(unit, text.replace(program, "/bin/true"));

    Process verify =
        new ProcessBuilder("systemd-analyze", "verify", "--man=no", unit.toString())
            .redirectErrorStream(true)
            .start();

    assertThat(new String(verify.getInputStream().readAllBytes(), UTF_8)).isEmpty();
    assertThat(verify.waitFor()).isZero();
  }

  private static boolean isThere() throws InterruptedException {
    try {
      return new ProcessBuilder("systemd-analyze", "--version").start().waitFor() == 0;
    } catch (IOException _) {
      return false;
    }
  }
}
