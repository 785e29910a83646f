package dev.remora.server.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The {@code curl} program, called as a reader of the README calls it. */
final class Curl {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final URI base;

  Curl(URI base) {
    assumeTrue(EtcdProcess.isOnPath("curl"), "curl is not on the PATH (apt-get install curl)");
    this.base = base;
  }

  /** Runs curl to its end and returns the answer's body and status. */
  Answer run(String path, String... options) {
    return start(path, options).answer();
  }

  /** Starts curl and returns while it waits for its answer. */
  Waiting start(String path, String... options) {
    List<String> command = new ArrayList<>(List.of("curl", "-s", "-w", "\\n%{http_code}"));
    command.addAll(List.of(options));
    command.add(base + "/v2/keys" + path);
    return new Waiting(ChildProcess.start(command));
  }

  /**
   * What curl printed.
   *
   * @param status the HTTP status
   * @param body the body without its last line feed; every index is 0, every date DATE
   */
  record Answer(int status, String body) {}

  /** A curl that may still be waiting. */
  record Waiting(ChildProcess process) {
    Answer answer() {
      int exitCode = process.awaitExit(PATIENCE);
      List<String> output = process.output();
      assertThat(exitCode).as("curl's exit code; it printed %s", output).isZero();
      List<String> body = output.subList(0, output.size() - 1);
      return new Answer(Integer.parseInt(output.getLast()), normalised(String.join("\n", body)));
    }
  }

  /** What etcd's answers have in common from one run to the next. */
  private static String normalised(String body) {
    return body.stripTrailing()
        .replaceAll("(Index|\"index)\":\\d+", "$1\":0")
        .replaceAll("\"expiration\":\"[^\"]+\"", "\"expiration\":\"DATE\"");
  }
}
