package dev.remora.server.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Runs seed after seed. */
final class Seeds {
  private static final int FAILURES_MAX = 10;

  private final Kind kind;
  private final Supplier<Seams> seams;
  private final Group.Watching watching;

  /**
   * What came of many seeds.
   *
   * @param stuck how many ended without a leader as they may: see {@link Standing}
   */
  record Result(
      long first,
      long count,
      long events,
      long nanos,
      Marks marks,
      long stuck,
      List<Simulation.Outcome> failures) {
    /** For a person to read. */
    String report() {
      StringBuilder text = new StringBuilder();
      text.append(
          "seeds %d to %d, %d events, %.1f s, %.0f events/s%n"
              .formatted(first, first + count - 1, events, nanos / 1e9, events * 1e9 / nanos));
      text.append(marks.table());
      text.append("%d ended stuck by a removal%n".formatted(stuck));
      for (Simulation.Outcome failure : failures) {
        text.append("FAILED seed=%d %s%n".formatted(failure.seed(), failure.violation()));
      }
      return text.toString();
    }
  }

  /** Of the real thing. */
  Seeds(Kind kind, Group.Watching watching) {
    this(kind, Seams::new, watching);
  }

  /** With something else in some places. */
  Seeds(Kind kind, Supplier<Seams> seams, Group.Watching watching) {
    this.kind = kind;
    this.seams = seams;
    this.watching = watching;
  }

  Simulation.Outcome run(long seed) {
    return run(seed, watching);
  }

  private Simulation.Outcome run(long seed, Group.Watching closely) {
    return simulation(seed, closely, _ -> true).run();
  }

  /** Runs so many, or for so long, or until some have failed. */
  Result run(long first, long count, long millisMax) {
    long start = System.nanoTime();
    Marks marks = new Marks();
    List<Simulation.Outcome> failures = new ArrayList<>();
    long events = 0;
    long stuck = 0;
    long done = 0;
    while (done < count
        && failures.size() < FAILURES_MAX
        && (System.nanoTime() - start) / 1_000_000 < millisMax) {
      Simulation.Outcome outcome = run(first + done);
      marks.add(outcome.marks());
      events += outcome.events();
      stuck += outcome.isStuck() ? 1 : 0;
      if (outcome.violation() != null) {
        failures.add(outcome);
      }
      done++;
    }
    return new Result(first, done, events, System.nanoTime() - start, marks, stuck, failures);
  }

  /** What may go wrong in a seed. */
  List<Fault> plan(long seed) {
    return simulation(seed, watching, _ -> true).plan();
  }

  /** The shortest list of faults, found by leaving out ever smaller parts, that still fails. */
  Shrunk shrink(long seed) {
    return new Shrinking(this, seed).run();
  }

  Simulation.Outcome run(long seed, Group.Watching closely, List<Integer> kept) {
    return simulation(seed, closely, fault -> kept.contains(fault.number())).run();
  }

  private Simulation simulation(long seed, Group.Watching closely, Predicate<Fault> kept) {
    Seams changed = seams.get();
    return new Simulation(
        seed,
        kind.starter(changed),
        closely,
        fault -> changed.allows(fault.kind()) && kept.test(fault));
  }

  /** What is left of a plan, and the run with only that. */
  record Shrunk(List<Integer> faults, Simulation.Outcome outcome) {}
}
