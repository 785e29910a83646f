package dev.remora.server.simulation;

import java.util.ArrayList;
import java.util.List;

/** Leaves out faults of a failing seed as long as it still fails in the same way. */
final class Shrinking {
  private static final int RUNS_MAX = 400;

  private final Seeds seeds;
  private final long seed;
  private int runs;

  Shrinking(Seeds seeds, long seed) {
    this.seeds = seeds;
    this.seed = seed;
  }

  /** Halves the size of what is left out, from half of the plan down to single faults. */
  Seeds.Shrunk run() {
    List<Integer> kept = seeds.plan(seed).stream().map(Fault::number).toList();
    Violation violation = seeds.run(seed, Group.Watching.CHECKED, kept).violation();
    if (violation == null) {
      throw new IllegalArgumentException("seed " + seed + " does not fail");
    }
    for (int size = kept.size() / 2; size > 0; size /= 2) {
      kept = leaveOut(kept, size, violation.invariant());
    }
    Group.Watching readable = new Group.Watching(true, true);
    return new Seeds.Shrunk(List.copyOf(kept), seeds.run(seed, readable, kept));
  }

  private List<Integer> leaveOut(List<Integer> kept, int size, Invariant invariant) {
    List<Integer> left = kept;
    for (int at = 0; at < left.size() && runs < RUNS_MAX; ) {
      List<Integer> fewer = new ArrayList<>(left.subList(0, at));
      fewer.addAll(left.subList(Math.min(at + size, left.size()), left.size()));
      runs++;
      Violation violation = seeds.run(seed, Group.Watching.CHECKED, fewer).violation();
      if (violation != null && violation.invariant() == invariant) {
        left = fewer;
      } else {
        at += size;
      }
    }
    return left;
  }
}
