package dev.remora.server.raft.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The core behaves as the scripts of etcd's raft library say, log lines aside.
 *
 * <p>They lie in the folder that the system property {@code remora.raft.scripts} names, {@code
 * interaction/}, {@code confchange/} and {@code quorum/} below it.
 */
final class RaftScriptsTest {
  private static final String DEFAULT = "../shared/consensus/etcd-raft-scripts";
  private static final Pattern LOG_LINE =
      Pattern.compile("\\s*(DEBUG|INFO|WARN|ERROR|FATAL|PANIC) .*");

  @TestFactory
  Stream<DynamicTest> scripts() {
    Optional<Path> folder = folder();
    if (folder.isEmpty()) {
      return Stream.of(
          DynamicTest.dynamicTest(
              "scripts", () -> abort("no scripts: set -Dremora.raft.scripts to their folder")));
    }
    List<DynamicTest> tests =
        Stream.of(
                tests(folder.get().resolve("quorum"), QuorumScript::new),
                tests(folder.get().resolve("confchange"), ConfChangeScript::new),
                tests(folder.get().resolve("interaction"), InteractionScript::new))
            .flatMap(of -> of)
            .toList();
    assertThat(tests).as("scripts in %s", folder.get()).isNotEmpty();
    return tests.stream();
  }

  /** The path as it stands, or as seen from a module's folder. */
  private static Optional<Path> folder() {
    Path given = Path.of(System.getProperty("remora.raft.scripts", DEFAULT));
    return Stream.of(given, Path.of("..").resolve(given)).filter(Files::isDirectory).findFirst();
  }

  private static Stream<DynamicTest> tests(Path folder, Supplier<Interpreter> interpreter) {
    if (!Files.isDirectory(folder)) {
      return Stream.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> scripts = files.filter(file -> file.toString().endsWith(".txt")).sorted().toList();
      return scripts.stream()
          .map(file ->
              DynamicTest.dynamicTest(
                  folder.getFileName() + "/" + file.getFileName(),
                  () -> run(file, interpreter.get())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void run(Path file, Interpreter interpreter) {
    for (Directive directive : ScriptFile.read(file)) {
      String actual = withoutLog(interpreter.run(directive).lines());
      String expected = withoutLog(directive.expected().stream());
      assertThat(actual)
          .as("%s:%d %s", file.getFileName(), directive.line(), directive.command())
          .isEqualTo(expected);
    }
  }

  /** What only logs prints "ok" without its log. */
  private static String withoutLog(Stream<String> lines) {
    String text =
        lines
            .filter(line -> !LOG_LINE.matcher(line).matches())
            .map(String::stripTrailing)
            .collect(Collectors.joining("\n"));
    return text.isEmpty() ? "ok" : text;
  }
}
