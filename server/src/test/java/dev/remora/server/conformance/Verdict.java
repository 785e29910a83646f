package dev.remora.server.conformance;

import java.util.Optional;

/** What a test makes of the run of one scenario. */
sealed interface Verdict {
  record Passed() implements Verdict {}

  record Failed(String why) implements Verdict {}

  record Skipped(String why) implements Verdict {}

  /**
   * Judges a run.
   *
   * @param pending why the scenario need not pass yet, if so
   * @param problem what went otherwise than expected, if anything did
   */
  static Verdict of(Scenario scenario, Optional<String> pending, Optional<String> problem) {
    if (pending.isEmpty()) {
      return problem
          .<Verdict>map(what -> new Failed(scenario.id() + ": " + scenario.title() + ": " + what))
          .orElseGet(Passed::new);
    }
    return problem
        .<Verdict>map(_ -> new Skipped("pending: " + scenario.id() + ": " + pending.get()))
        .orElseGet(() -> new Failed("remove " + scenario.id() + " from v2/pending.txt: it passes"));
  }
}
