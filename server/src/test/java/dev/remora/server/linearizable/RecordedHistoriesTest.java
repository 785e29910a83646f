package dev.remora.server.linearizable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The checker repeats known verdicts on histories that others have recorded.
 *
 * <p>They are read from the folder in system property {@code remora.histories}; see its README for
 * the forms of the files.
 */
final class RecordedHistoriesTest {
  private static final String FOLDER = "shared/reliability/histories";
  private static final Duration EACH_MAX = Duration.ofSeconds(60);
  private static final Pattern TEXTS = Pattern.compile(".*-(ok|bad)\\.txt");

  @TestFactory
  List<DynamicTest> everyRegistersVerdictIsReproduced() throws IOException {
    Path folder = folder();
    Map<String, Boolean> verdicts = verdicts(folder.resolve("verdicts.tsv"));
    List<String> logs = names(folder.resolve("jepsen"), ".log");
    assertThat(logs).as("histories with a verdict").containsExactlyElementsOf(verdicts.keySet());
    List<DynamicTest> tests = new ArrayList<>();
    verdicts.forEach((name, isLinearizable) -> {
      Path log = folder.resolve("jepsen").resolve(name);
      tests.add(
          DynamicTest.dynamicTest(name, () -> check(isLinearizable, () -> checkRegister(log))));
    });
    return tests;
  }

  @TestFactory
  List<DynamicTest> everyKeyValueStoresVerdictIsReproduced() throws IOException {
    Path folder = folder().resolve("kv");
    List<DynamicTest> tests = new ArrayList<>();
    for (String name : names(folder, ".txt")) {
      Matcher verdict = TEXTS.matcher(name);
      assertThat(verdict.matches()).as("%s says its verdict", name).isTrue();
      boolean isLinearizable = verdict.group(1).equals("ok");
      tests.add(
          DynamicTest.dynamicTest(
              name, () -> check(isLinearizable, () -> checkTexts(folder.resolve(name)))));
    }
    assertThat(tests).isNotEmpty();
    return tests;
  }

  /** Reads a history and says whether it is linearizable. */
  private interface Check {
    Verdict run() throws IOException;
  }

  private static void check(boolean isLinearizable, Check check) {
    Verdict verdict = assertTimeoutPreemptively(EACH_MAX, check::run);

    assertThat(verdict)
        .isInstanceOf(isLinearizable ? Verdict.Linearizable.class : Verdict.Violation.class);
  }

  private static Verdict checkRegister(Path log) throws IOException {
    return Linearizability.checkKeys(
        new Register<>(), Register.Input::key, RecordedHistory.ofRegister(Files.readAllLines(log)));
  }

  private static Verdict checkTexts(Path file) throws IOException {
    return Linearizability.checkKeys(
        new Text(), Text.Input::key, RecordedHistory.ofTexts(Files.readAllLines(file)));
  }

  private static Path folder() {
    String given = System.getProperty("remora.histories", "");
    List<Path> places =
        given.isEmpty()
            ? List.of(Path.of("..", FOLDER), Path.of("..", "..", FOLDER))
            : List.of(Path.of(given), Path.of("..").resolve(given));
    for (Path place : places) {
      if (Files.isDirectory(place)) {
        return place;
      }
    }
    abort("no recorded histories in " + places + ": set -Dremora.histories=folder");
    throw new IllegalStateException("the assumption stops the test");
  }

  private static List<String> names(Path folder, String suffix) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.endsWith(suffix))
          .sorted()
          .toList();
    }
  }

  private static Map<String, Boolean> verdicts(Path file) throws IOException {
    Map<String, Boolean> verdicts = new TreeMap<>();
    for (String line : Files.readAllLines(file)) {
      String[] parts = line.split("\t", -1);
      verdicts.put(
          parts[0],
          switch (parts[1].strip()) {
            case "linearizable" -> true;
            case "not" -> false;
            default -> throw new IllegalArgumentException("no verdict: " + line);
          });
    }
    return verdicts;
  }
}
