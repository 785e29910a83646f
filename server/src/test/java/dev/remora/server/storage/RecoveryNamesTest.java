package dev.remora.server.storage;

import static dev.remora.server.storage.SimulatedLog.entries;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.raft.HardState;
import dev.remora.server.replica.Recovered;
import java.io.IOException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A recovery makes durable what a killed process has done to the names. */
final class RecoveryNamesTest {
  private static final long SEEDS = 24;

  /**
   * A process is killed before it has forced the removal of a segment, the next one before it has
   * forced the removal of the segment after it; then the power fails. If only the second removal
   * were to last, there would be a gap between segments, which is told from a loss by nobody.
   */
  @Test
  void removalsOfTwoProcessesLeaveNoGap() throws Exception {
    for (long seed = 0; seed < SEEDS; seed++) {
      SimDisk disk = new SimDisk(new SplittableRandom(seed));
      SimulatedLog log = new SimulatedLog(disk);
      for (long index = 1; index <= 20; index++) {
        log.append(index == 1 ? new HardState(1, 1, 0) : null, entries(1, index, 1200));
        log.run();
      }
      log.snapshotMark(18, 1);
      log.run();
      int before = SimulatedLog.segments(disk).size();

      killAtRemoval(disk);
      log.log().release(18);
      log.run();
      disk.restartProcess();
      disk.inject((_, _) -> null);
      ManualLogThreads threads = new ManualLogThreads();
      WriteAheadLog again = SimulatedLog.open(disk, threads, new RecordedEvents()).log();
      killAtRemoval(disk);
      again.release(18);
      threads.run();
      disk.inject((_, _) -> null);
      int after = SimulatedLog.segments(disk).size();
      disk.losePower();

      Recovered found = SimulatedLog.recover(disk);

      assertThat(before - after).as("removals").isEqualTo(2);
      assertThat(found.lastIndex()).as("seed %d", seed).isEqualTo(20);
    }
  }

  /** From the first removal on nothing more is done to the names. */
  private static void killAtRemoval(SimDisk disk) {
    boolean[] isDead = new boolean[1];
    disk.inject((operation, _) -> {
      boolean wasDead = isDead[0];
      isDead[0] |= operation == SimDisk.Operation.DELETE;
      return wasDead ? new IOException("killed") : null;
    });
  }
}
