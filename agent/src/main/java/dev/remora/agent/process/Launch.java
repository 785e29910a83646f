package dev.remora.agent.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes ready to start a program: in a session of its own, and with the agent's environment less
 * its own {@code REMORA_…} settings.
 */
final class Launch {
  private static final Path SETSID = Path.of("/usr/bin/setsid");
  private static final String OWN_SETTINGS = "REMORA_";

  private Launch() {}

  /** Fails where the program cannot be found or executed. */
  static ProcessBuilder of(List<String> arguments) throws IOException {
    ProcessBuilder builder = new ProcessBuilder();
    builder.environment().keySet().removeIf(name -> name.startsWith(OWN_SETTINGS));
    String program = arguments.getFirst();
    Path executable = executable(program, builder.environment().get("PATH")).orElse(null);
    if (executable == null) {
      throw new IOException(program + ": no such program, or not executable");
    }
    List<String> words = new ArrayList<>();
    if (Files.isExecutable(SETSID)) {
      words.add(SETSID.toString());
    }
    words.add(executable.toString());
    words.addAll(arguments.subList(1, arguments.size()));
    return builder.command(words);
  }

  /** Looked for here, since {@code setsid} would only report a missing program by exit code. */
  private static Optional<Path> executable(String program, @Nullable String searchPath) {
    if (program.isEmpty() || program.indexOf('\0') >= 0) {
      return Optional.empty();
    }
    List<Path> candidates = new ArrayList<>();
    if (program.indexOf('/') >= 0) {
      candidates.add(Path.of(program));
    } else {
      for (String directory : (searchPath == null ? "/usr/bin:/bin" : searchPath).split(":", -1)) {
        candidates.add(Path.of(directory, program));
      }
    }
    return candidates.stream()
        .filter(path -> Files.isRegularFile(path) && Files.isExecutable(path))
        .findFirst();
  }
}
