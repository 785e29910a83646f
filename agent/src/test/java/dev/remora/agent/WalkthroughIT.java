package dev.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The walkthroughs in {@code docs/} can be pasted, block by block, and come to their end. */
final class WalkthroughIT {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```sh\n(.*?)^```$");
  private static final long PATIENCE_MINUTES = 4; // The launcher may have to build first.

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"registration.md", "configuration.md"})
  void everyBlockDoesWhatItSays(String name) throws Exception {
    String text = Files.readString(ROOT.resolve("docs").resolve(name));
    assumeTrue(!text.contains("python3") || isThere("python3"), "needs python3");
    String script =
        BLOCK.matcher(text).results().map(match -> match.group(1)).collect(Collectors.joining());
    Path output = directory.resolve("output");
    Process shell =
        new ProcessBuilder("bash", "-eux", "-c", elsewhere(script))
            .directory(ROOT.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(shell.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES))
          .as(() -> tail(output))
          .isTrue();
      assertThat(shell.exitValue()).as(() -> tail(output)).isZero();
    } finally {
      shell.descendants().forEach(ProcessHandle::destroyForcibly);
      shell.destroyForcibly();
    }
  }

  /** On ports that are free, in a folder that goes again. */
  private String elsewhere(String script) throws IOException {
    String moved = script.replace("target/walk", directory.resolve("walk").toString());
    List<ServerSocket> taken = new ArrayList<>();
    for (String port : List.of("2379", "8600", "8601", "8081", "9000")) {
      ServerSocket socket = new ServerSocket(0);
      taken.add(socket);
      moved = moved.replace(port, Integer.toString(socket.getLocalPort()));
    }
    String url = "http://127.0.0.1:" + taken.getFirst().getLocalPort();
    for (ServerSocket socket : taken) {
      socket.close();
    }
    return moved.replace(
        "./remora server ",
        "./remora server --listen-peer-urls http://127.0.0.1:0 --listen-client-urls "
            + url
            + " --advertise-client-urls "
            + url
            + " ");
  }

  private static boolean isThere(String program) throws Exception {
    return new ProcessBuilder("sh", "-c", "command -v " + program)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }

  private static String tail(Path output) {
    try {
      List<String> lines = Files.readAllLines(output);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
