package dev.remora.torture.nemesis;

import dev.remora.torture.cluster.Cluster;
import java.util.List;
import java.util.Random;

/** One kind of trouble. */
interface Fault {
  /** Whether it can be made here; if not, it is not chosen. */
  boolean isPossible(Cluster cluster);

  /**
   * Makes it.
   *
   * @throws IllegalStateException if a member does not do what it must
   */
  Blow strike(Cluster cluster, Random random);

  /**
   * Trouble that has been made.
   *
   * @param detail to whom, for the report
   * @param problems what the member did that it must not do
   * @param heal ends it: what was killed runs again, what was cut is whole; may throw like {@link
   *     #strike}
   */
  record Blow(String detail, List<String> problems, Runnable heal) {
    public Blow {
      problems = List.copyOf(problems);
    }

    public Blow(String detail, Runnable heal) {
      this(detail, List.of(), heal);
    }
  }
}
