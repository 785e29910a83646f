package dev.remora.torture;

import dev.remora.torture.cluster.Kind;
import dev.remora.torture.nemesis.FaultKind;
import java.time.Duration;
import java.util.List;

/**
 * What a run shall do.
 *
 * @param members how many; 1, 3 or 5
 * @param duration of the attack; starting, settling and checking come on top
 * @param seed of all choices; the timing of processes stays chance
 * @param isQuorum whether reads of registers are linearizable
 * @param onLoopDisks whether data lies where the power can go; needs root
 * @param liars how many members' fsync does nothing; needs strace
 */
public record Plan(
    Kind kind,
    int members,
    Duration duration,
    long seed,
    List<FaultKind> faults,
    boolean isQuorum,
    boolean onLoopDisks,
    int liars) {
  public Plan {
    faults = List.copyOf(faults);
  }
}
