package dev.remora.server.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs many seeds, for as long as wanted. Properties: {@code simulation.seeds} how many (default
 * 1000), {@code simulation.first} the first one (default 0), {@code simulation.minutes} for how
 * long at most, {@code simulation.seed} only this one, {@code simulation.kind} CORE or MEMBER,
 * {@code simulation.checked=false} without the invariants, for measurements.
 */
public final class SimulationMain {
  private SimulationMain() {}

  /** Ends with 1 if a seed fails. */
  public static void main(String[] arguments) {
    quiet();
    Long one = Long.getLong("simulation.seed");
    long first = one == null ? Long.getLong("simulation.first", 0) : one;
    long count = one == null ? Long.getLong("simulation.seeds", 1_000) : 1;
    long minutes = Long.getLong("simulation.minutes", 24 * 60);
    Kind kind = Kind.valueOf(System.getProperty("simulation.kind", "CORE"));
    boolean isChecked = !"false".equals(System.getProperty("simulation.checked"));
    Seeds seeds = new Seeds(kind, new Group.Watching(isChecked, one != null));
    Seeds.Result result = seeds.run(first, count, minutes * 60_000);
    for (Simulation.Outcome failure : result.failures()) {
      failure.lines().forEach(System.out::println);
    }
    System.out.print(result.report());
    if (one != null && !result.failures().isEmpty()) {
      explain(seeds, one);
    }
    System.exit(result.failures().isEmpty() ? 0 : 1);
  }

  /** A torn tail is worth a line, but not thousands of them. */
  static void quiet() {
    ((Logger) LoggerFactory.getLogger("dev.remora")).setLevel(Level.OFF);
  }

  private static void explain(Seeds seeds, long seed) {
    Seeds.Shrunk shrunk = seeds.shrink(seed);
    Violation violation = shrunk.outcome().violation();
    if (violation != null) {
      violation.printStackTrace(System.out);
    }
    System.out.println("with only these faults: " + shrunk.faults());
    shrunk.outcome().lines().forEach(System.out::println);
  }
}
