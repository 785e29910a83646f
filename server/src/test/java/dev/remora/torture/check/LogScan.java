package dev.remora.torture.check;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Lines of a server's log that tell of a bug, whatever the clients saw. */
final class LogScan {
  private static final Pattern BUG =
      Pattern.compile("\\bBUG\\b|^panic:|^fatal error:|\\w+Exception\\b|\\w+Error:");

  /** What we have done ourselves: disks that are full or broken, processes that stood still. */
  private static final Pattern OURS =
      Pattern.compile("Input/output error|[Nn]o space left on device|Thread blocked");

  private static final int TOLD_MAX = 3;

  private LogScan() {}

  static List<String> check(List<Path> logs) {
    List<String> problems = new ArrayList<>();
    for (Path log : logs) {
      try (Stream<String> lines = Files.lines(log)) {
        List<String> bad =
            lines.filter(line -> BUG.matcher(line).find() && !OURS.matcher(line).find()).toList();
        bad.stream()
            .limit(TOLD_MAX)
            .forEach(line -> problems.add("log: %s: %s".formatted(log.getFileName(), line)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return problems;
  }
}
