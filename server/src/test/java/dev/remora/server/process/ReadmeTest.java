package dev.remora.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The tour of the README does what it says when it is pasted. */
final class ReadmeTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** The one block that defines {@code r}. */
  private static final Pattern TOUR = Pattern.compile("```sh\n(r=\\S+\n.*?)```", Pattern.DOTALL);

  /**
   * Action or error code of each answer, a line for each paragraph of the tour: a value, a TTL, a
   * waiting reader and its writer, a directory, discovery, publish, a lock, a queue.
   */
  private static final String ACTIONS =
      """
      set get set delete
      set 100
      set set
      set get get delete delete
      set set get
      set set
      create 105
      create create get
      """;

  @TempDir private Path directory = Path.of("unset");

  @ParameterizedTest
  @EnumSource
  void theTourCanBePasted(Stores stores) throws IOException {
    Matcher tour = TOUR.matcher(Files.readString(Path.of("../README.md")));
    assertThat(tour.find()).as("a tour in the README").isTrue();
    try (StoreProcess store = stores.start(directory.resolve("data"))) {
      String script = tour.group(1).replace("http://127.0.0.1:2379", store.url().toString());

      ChildProcess bash = ChildProcess.start(List.of("bash", "-eu", "-c", script));

      assertThat(bash.awaitExit(PATIENCE)).isZero();
      assertThat(actions(bash.output())).isEqualTo(ACTIONS.replace("\n", " ").strip());
    }
  }

  private static String actions(List<String> output) {
    return output.stream()
        .map(line ->
            line.replaceAll("^\\{\"action\":\"(\\w+)\".*", "$1")
                .replaceAll("^\\{\"errorCode\":(\\d+).*", "$1"))
        .collect(Collectors.joining(" "));
  }
}
