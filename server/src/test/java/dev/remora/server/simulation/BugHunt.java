package dev.remora.server.simulation;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks for each {@link Bug}: how many seeds it takes, and which check finds it. */
public final class BugHunt {
  private BugHunt() {}

  /**
   * What came of one hunt.
   *
   * @param seeds how many were run
   * @param found what did not hold in the last of them; null if all went well
   */
  record Trophy(Bug bug, long seeds, @Nullable Violation found) {
    @Override
    public String toString() {
      String check = found == null ? "NOT FOUND" : found.invariant().toString();
      return "%2d  %-28s %-26s after %d seeds".formatted(bug.number(), bug, check, seeds);
    }
  }

  /** Runs seeds with one bug until it is found, or for so many or so long. */
  static Trophy hunt(Bug bug, Kind kind, long seedsMax, long millisMax) {
    Seeds seeds = new Seeds(kind, bug::seams, Group.Watching.CHECKED);
    long end = System.nanoTime() + millisMax * 1_000_000;
    long run = 0;
    while (run < seedsMax && System.nanoTime() < end) {
      Simulation.Outcome outcome = seeds.run(run);
      run++;
      if (outcome.violation() != null) {
        return new Trophy(bug, run, outcome.violation());
      }
    }
    return new Trophy(bug, run, null);
  }

  /**
   * Prints the table; ends with 1 if one is not found within {@code simulation.seeds}. Looks in
   * runs of {@code simulation.kind} if that is given, else in the kind that is each bug's own.
   */
  public static void main(String[] arguments) {
    SimulationMain.quiet();
    List<Trophy> missing = new ArrayList<>();
    String only = System.getProperty("simulation.bug", "");
    String kind = System.getProperty("simulation.kind", "");
    for (Bug bug : Bug.values()) {
      if (bug.name().startsWith(only)) {
        Trophy trophy =
            hunt(
                bug,
                kind.isEmpty() ? bug.kind() : Kind.valueOf(kind),
                Long.getLong("simulation.seeds", 2_000),
                Long.MAX_VALUE / 2_000_000);
        System.out.println(trophy);
        if (trophy.found() == null) {
          missing.add(trophy);
        }
      }
    }
    System.exit(missing.isEmpty() ? 0 : 1);
  }
}
