package dev.remora.torture.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Runs the machine's own programs. */
final class Shell {
  private static final List<String> FOLDERS =
      List.of("/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin");

  private Shell() {}

  /**
   * Runs a program to its end.
   *
   * @return what it printed, standard error too
   * @throws IllegalStateException with it, if the exit code is not 0
   */
  static String run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      int code = process.waitFor();
      if (code != 0) {
        throw new IllegalStateException(
            "%s: exit code %d: %s".formatted(String.join(" ", command), code, output));
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(String.join(" ", command), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Whether a program is installed. */
  static boolean has(String program) {
    return FOLDERS.stream()
        .anyMatch(folder -> Files.isExecutable(Path.of(folder).resolve(program)));
  }

  /** Whether a program is installed and does this without an error. */
  static boolean does(String... command) {
    try {
      run(command);
      return true;
    } catch (IllegalStateException | UncheckedIOException e) {
      return false;
    }
  }
}
