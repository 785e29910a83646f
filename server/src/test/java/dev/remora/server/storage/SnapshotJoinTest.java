package dev.remora.server.storage;

import static dev.remora.server.storage.SimulatedLog.entries;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.server.raft.Entry;
import dev.remora.server.raft.HardState;
import dev.remora.server.replica.Recovered;
import dev.remora.server.replica.SnapshotMark;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A snapshot is durable, and a crash came before the log had its mark. */
final class SnapshotJoinTest {
  private final SimDisk disk = new SimDisk(new Random(1));

  @Test
  void aSnapshotThatTheLogHoldsKeepsTheEntriesBehindIt() throws Exception {
    List<Entry> written = live(2);

    assertThat(open(new SnapshotMark(3, 1)).recovered())
        .isEqualTo(
            new Recovered(new HardState(1, 1, 3), new SnapshotMark(3, 1), written.subList(3, 5)));
  }

  @Test
  void aSnapshotPastTheLogsEndIsFollowedByNothing() throws Exception {
    live(5);

    assertThat(open(new SnapshotMark(9, 4)).recovered())
        .as("and the term is at least its own, without a vote")
        .isEqualTo(new Recovered(new HardState(4, 0, 9), new SnapshotMark(9, 4), List.of()));
  }

  @Test
  void aSuffixThatASnapshotContradictsIsDroppedIfItWasNotCommitted() throws Exception {
    live(2);

    assertThat(open(new SnapshotMark(3, 2)).recovered())
        .isEqualTo(new Recovered(new HardState(2, 0, 3), new SnapshotMark(3, 2), List.of()));
  }

  @Test
  void aSnapshotThatContradictsACommittedEntryIsRefused() throws Exception {
    live(3);

    assertThatThrownBy(() -> open(new SnapshotMark(3, 2)))
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining("does not hold what the snapshot ends with, entry 3 of term 2")
        .hasMessageContaining("add it again as a learner");
  }

  @Test
  void theLogGoesOnBehindTheSnapshotWhereverThePowerFails() throws Exception {
    SnapshotMark mark = new SnapshotMark(9, 4);
    List<Entry> added = entries(4, 10, 30, 30);
    for (int point = 0; point < 12; point++) {
      for (int seed = 0; seed < 20; seed++) {
        SimDisk failing = new SimDisk(new Random(point * 100L + seed));
        live(failing, 5);
        ManualLogThreads threads = new ManualLogThreads();
        WriteAheadLog log = open(failing, threads, mark).log();
        int[] acknowledged = {0};
        failing.cutPowerAfter(point);
        for (Entry entry : added) {
          log.append(null, List.of(entry), () -> acknowledged[0]++);
          threads.run();
        }

        failing.losePower();
        Recovered found = open(failing, new ManualLogThreads(), mark).recovered();

        assertThat(found.hardState()).isEqualTo(new HardState(4, 0, 9));
        assertThat(found.mark()).isEqualTo(mark);
        assertThat(found.entries())
            .as("point %d, seed %d", point, seed)
            .hasSizeGreaterThanOrEqualTo(acknowledged[0])
            .isEqualTo(added.subList(0, found.entries().size()));
      }
    }
  }

  private List<Entry> live(long commit) throws StorageException {
    return live(disk, commit);
  }

  /** Five entries of term 1, and the end of the process. */
  private static List<Entry> live(SimDisk disk, long commit) throws StorageException {
    List<Entry> written = entries(1, 1, 10, 20, 30, 40, 50);
    SimulatedLog log = new SimulatedLog(disk);
    log.append(new HardState(1, 1, 0), written);
    log.append(new HardState(1, 1, commit), List.of());
    log.run();
    disk.restartProcess();
    return written;
  }

  private WriteAheadLog.Opened open(SnapshotMark mark) throws StorageException {
    return open(disk, new ManualLogThreads(), mark);
  }

  private static WriteAheadLog.Opened open(
      SimDisk disk, ManualLogThreads threads, SnapshotMark mark) throws StorageException {
    Random salts = new Random(disk.operations());
    return WriteAheadLog.open(
        DataDirectory.open(disk, SimulatedLog.DATA),
        SimulatedLog.SMALL,
        threads,
        salts::nextLong,
        new LogRecovery.Start(mark, ""),
        new RecordedEvents());
  }
}
