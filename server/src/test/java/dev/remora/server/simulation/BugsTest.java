package dev.remora.server.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The simulation finds bugs that others have shipped. Here for a bounded time; {@code
 * -Dsimulation.bugs=all} looks for each of them in up to 2000 seeds.
 */
final class BugsTest {
  private static final boolean ALL = "all".equals(System.getProperty("simulation.bugs"));
  private static final long SEEDS_MAX = 2_000;
  private static final long MILLIS_MAX_EACH = ALL ? 600_000 : 1_500;

  /** Those that nearly every seed finds. */
  private static final List<Bug> EASY =
      List.of(
          Bug.VOTE_NOT_FLUSHED,
          Bug.VOTE_APART_FROM_TERM,
          Bug.LATER_WRITES_BELIEVED,
          Bug.COMMIT_OF_OLD_TERM,
          Bug.DUPLICATE_TRUNCATES);

  @Test
  void bugsThatSomebodyHasShippedAreFound() {
    SimulationMain.quiet();
    List<BugHunt.Trophy> trophies = new ArrayList<>();

    for (Bug bug : Bug.values()) {
      trophies.add(BugHunt.hunt(bug, bug.kind(), SEEDS_MAX, MILLIS_MAX_EACH));
    }

    trophies.forEach(System.out::println);
    List<Bug> missing =
        trophies.stream()
            .filter(trophy -> trophy.found() == null)
            .map(BugHunt.Trophy::bug)
            .toList();
    if (ALL) {
      assertThat(missing).isEmpty();
    } else {
      assertThat(missing).doesNotContainAnyElementsOf(EASY);
    }
  }
}
