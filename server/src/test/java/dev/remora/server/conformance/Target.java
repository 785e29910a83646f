package dev.remora.server.conformance;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * The server the scenarios run against.
 *
 * @param members the client URLs of its members
 * @param isOurs whether the list of pending scenarios applies to it
 */
record Target(List<URI> members, boolean isOurs) {
  /** Numbers the key prefixes of one JVM, so that no scenario meets the keys of another. */
  private static final AtomicInteger RUNS = new AtomicInteger();

  /** Keeps the key prefixes of two runs against one long-lived server apart. */
  private static final String RUN_ID = Long.toHexString(System.currentTimeMillis() & 0xffff_ffffL);

  Target {
    members = List.copyOf(members);
  }

  /** The server named by {@code -Dconformance.url}. */
  static Optional<Target> given() {
    String urls = System.getProperty("conformance.url", "");
    return urls.isEmpty()
        ? Optional.empty()
        : Optional.of(new Target(Stream.of(urls.split(",", -1)).map(URI::create).toList(), false));
  }

  /** Runs a scenario and returns what went otherwise than expected, if anything did. */
  Optional<String> run(Scenario scenario) {
    String namespace = "/cf" + RUN_ID + "-" + RUNS.incrementAndGet();
    try {
      new ScenarioRun(scenario, members, namespace).run();
      return Optional.empty();
    } catch (MismatchException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }
}
