package dev.remora.server.storage;

import static dev.remora.server.storage.SimulatedLog.WAL;
import static dev.remora.server.storage.SimulatedLog.entries;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.server.raft.Entry;
import dev.remora.server.raft.HardState;
import dev.remora.server.raft.Payload;
import dev.remora.server.replica.Recovered;
import dev.remora.server.replica.SnapshotMark;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class WriteAheadLogTest {
  private static final HardState TERM_1 = new HardState(1, 1, 0);

  private final SimDisk disk = new SimDisk(new Random(1));

  @Test
  void aNewLogIsEmpty() throws Exception {
    Recovered recovered = SimulatedLog.recover(disk);

    assertThat(recovered).isEqualTo(new Recovered(HardState.INITIAL, SnapshotMark.NONE, List.of()));
    assertThat(recovered.firstIndex()).isEqualTo(1);
    assertThat(recovered.lastIndex()).isZero();
  }

  @Test
  void aWholeLifeIsFoundAgainAfterAClose() throws Exception {
    SimulatedLog log = new SimulatedLog(disk);
    log.live();
    log.log().close();
    disk.restartProcess();

    Recovered recovered = SimulatedLog.recover(disk);

    assertThat(recovered).isEqualTo(log.acknowledged());
    assertThat(recovered.firstIndex()).isEqualTo(101);
    assertThat(recovered.lastIndex()).isEqualTo(109);
    assertThat(recovered.hardState()).isEqualTo(new HardState(4, 2, 104));
  }

  @Test
  void thatALeadersSnapshotDroppedTheLogIsKnownWhenTheEntryAtItsPlaceIsReleased() throws Exception {
    SimulatedLog log = new SimulatedLog(disk);
    log.append(TERM_1, entries(1, 1, 1500, 1500, 1500, 1500, 1500, 1500, 1500, 1500));
    log.run();
    log.snapshotMark(3, 2); // Of another term than entry 3, which lies in the second segment.
    log.append(new HardState(2, 0, 3), entries(2, 4, 1500, 1500, 1500, 1500));
    log.run();
    log.append(new HardState(2, 0, 5), List.of());
    log.snapshotMark(5, 2);
    log.log().release(5); // Lets go of the first two segments.
    log.run();
    disk.restartProcess();

    Recovered recovered = SimulatedLog.recover(disk);

    assertThat(recovered).isEqualTo(log.acknowledged());
    assertThat(recovered.lastIndex()).isEqualTo(7);
  }

  @Test
  void whatIsHandedOverWhileOneFlushRunsSharesTheNext() throws Exception {
    SimulatedLog log = new SimulatedLog(disk);
    int[] forces = countedForces();

    log.append(TERM_1, entries(1, 1, 10));
    for (int i = 2; i <= 20; i++) {
      log.append(null, entries(1, i, 10));
    }
    log.run();

    assertThat(log.acknowledgements()).isEqualTo(20);
    assertThat(forces[0]).isEqualTo(1);
  }

  @Test
  void nothingIsAcknowledgedBeforeItsFlush() throws Exception {
    SimulatedLog log = new SimulatedLog(disk);
    List<String> order = new ArrayList<>();
    disk.inject((operation, _) -> {
      order.add(operation.toString());
      return null;
    });

    log.log().append(TERM_1, entries(1, 1, 10), () -> order.add("first"));
    log.log().append(null, entries(1, 2, 10), () -> order.add("second"));
    log.run();

    assertThat(order).containsExactly("WRITE", "FORCE", "first", "second");
  }

  @Test
  void afterAFailedFlushNothingMoreIsWrittenAndTheFailureIsToldOnce() throws Exception {
    SimulatedLog log = new SimulatedLog(disk);
    log.append(TERM_1, entries(1, 1, 10));
    log.run();
    disk.inject((operation, _) ->
        operation == SimDisk.Operation.FORCE ? new IOException("Input/output error") : null);
    log.append(null, entries(1, 2, 10));
    log.run();
    disk.inject((_, _) -> null);
    long operations = disk.operations();

    log.append(null, entries(1, 3, 10));
    log.run();

    assertThat(log.acknowledgements()).isEqualTo(1);
    assertThat(disk.operations()).isEqualTo(operations);
    assertThat(log.events().all()).containsExactly("failed: Input/output error");
  }

  @Test
  void afterAFailedWriteNothingIsAcknowledged() throws Exception {
    SimulatedLog log = new SimulatedLog(disk);
    disk.inject((operation, _) ->
        operation == SimDisk.Operation.WRITE ? new IOException("Input/output error") : null);

    log.append(TERM_1, entries(1, 1, 10));
    log.run();
    disk.inject((_, _) -> null);
    log.append(null, entries(1, 2, 10));
    log.run();

    assertThat(log.acknowledgements()).isZero();
    assertThat(log.events().all()).containsExactly("failed: Input/output error");
  }

  @Test
  void withoutRoomForAnotherSegmentWritesWaitAndThenGoOn() throws Exception {
    SimulatedLog log = new SimulatedLog(disk);
    disk.limit(2 * 4096);
    log.append(TERM_1, entries(1, 1, 2000, 1000));
    log.append(null, entries(1, 3, 2000, 1000));
    log.run();
    log.append(null, entries(1, 5, 100));
    log.append(null, entries(1, 6, 1000));
    log.run();
    assertThat(log.acknowledgements()).as("what fits").isEqualTo(3);
    assertThat(log.events().all())
        .containsExactly(
            "exhausted: cannot make room for the log: the disk is full: free some space and start"
                + " again");
    log.threads().advance(Duration.ofSeconds(1));
    log.run();
    assertThat(log.events().all()).as("told once").hasSize(1);

    disk.limit(Long.MAX_VALUE);
    log.threads().advance(Duration.ofSeconds(1));
    log.run();

    assertThat(log.acknowledgements()).isEqualTo(4);
    assertThat(log.events().all()).hasSize(2).last().isEqualTo("regained");
    disk.losePower();
    assertThat(SimulatedLog.recover(disk)).isEqualTo(log.acknowledged());
  }

  @Test
  void aPowerLossWhileTheDiskIsFullLosesNothing() throws Exception {
    for (int seed = 0; seed < 50; seed++) {
      SimDisk full = new SimDisk(new Random(seed));
      SimulatedLog log = new SimulatedLog(full);
      full.limit(2 * 4096);
      log.append(TERM_1, entries(1, 1, 2000, 1000));
      log.append(null, entries(1, 3, 1000, 1500, 900, 900)); // Its last ones find no room.
      log.run();

      full.losePower();
      full.limit(Long.MAX_VALUE);

      assertThat(log.allowed()).as("seed %d", seed).contains(SimulatedLog.recover(full));
    }
  }

  @Test
  void aDiskFullAtTheStartIsOneClearLine() {
    disk.limit(5000);

    assertThatThrownBy(() -> SimulatedLog.recover(disk))
        .isExactlyInstanceOf(StorageException.class)
        .hasMessage(
            "cannot open the log in "
                + WAL
                + ": the disk is full: free some space and start again");
  }

  @Test
  void segmentsAreRemovedOnlyUpToTheDurableMark() throws Exception {
    SimulatedLog log = new SimulatedLog(disk);
    log.append(TERM_1, entries(1, 1, 1500, 1500, 1500, 1500, 1500, 1500));
    log.run();
    assertThat(SimulatedLog.segments(disk)).hasSize(3);

    log.log().release(6);
    log.run();
    assertThat(SimulatedLog.segments(disk)).as("no mark yet").hasSize(3);
    log.snapshotMark(3, 1);
    log.log().release(6);
    log.run();
    assertThat(SimulatedLog.segments(disk)).as("only what the mark covers").hasSize(2);
    log.snapshotMark(6, 1);
    log.log().release(6);
    log.run();
    assertThat(SimulatedLog.segments(disk)).as("never the one in use").hasSize(1);

    disk.losePower();
    assertThat(SimulatedLog.recover(disk)).isEqualTo(log.acknowledged());
  }

  @Test
  void whatCannotFollowIsRefusedAndNotWritten() throws Exception {
    SimulatedLog log = new SimulatedLog(disk);
    log.append(new HardState(2, 1, 1), entries(2, 1, 1, 1, 1));
    WriteAheadLog store = log.log();

    assertRefused(() -> store.append(null, entries(2, 5, 1), () -> {}), "3 and 5 are missing");
    assertRefused(() -> store.append(null, entries(2, 1, 1), () -> {}), "a committed one");
    assertRefused(() -> store.append(null, entries(1, 4, 1), () -> {}), "term 1 after term 2");
    assertRefused(() -> store.append(new HardState(2, 2, 1), List.of(), () -> {}), "vote=2");
    assertRefused(() -> store.append(new HardState(1, 1, 1), List.of(), () -> {}), "term=1");
    assertRefused(() -> store.append(new HardState(2, 1, 0), List.of(), () -> {}), "commit=0");
    assertRefused(() -> store.append(new HardState(2, 1, 4), List.of(), () -> {}), "ends at 3");
    log.run();
    disk.losePower();
    assertThat(SimulatedLog.recover(disk)).isEqualTo(log.acknowledged());
  }

  @Test
  void anEntryTooLargeIsRefusedAndTheLogGoesOn() throws Exception {
    SimulatedLog log = new SimulatedLog(disk);

    assertThatThrownBy(() -> log.log().append(TERM_1, entries(1, 1, 2049), () -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2049 bytes; at most 2048");
    log.append(TERM_1, entries(1, 1, 2048));
    log.run();

    assertThat(SimulatedLog.recover(freshProcess())).isEqualTo(log.acknowledged());
    assertThat(log.acknowledgements()).isEqualTo(1);
  }

  @Test
  void theBacklogIsWhatIsNotYetDurable() throws Exception {
    SimulatedLog log = new SimulatedLog(disk);
    log.append(TERM_1, List.of(new Entry(1, 1, Payload.EMPTY)));
    log.threads().advance(Duration.ofMillis(30));
    assertThat(log.log().backlogAge()).isEqualTo(Duration.ofMillis(30));
    assertThat(log.log().backlogBytes()).isEqualTo(40 + 32);

    log.run();

    assertThat(log.log().backlogAge()).isZero();
    assertThat(log.log().backlogBytes()).isZero();
  }

  @Test
  void aClosedLogTakesNothing() throws Exception {
    SimulatedLog log = new SimulatedLog(disk);
    log.append(TERM_1, entries(1, 1, 10));
    log.log().close();

    assertThat(log.acknowledgements()).as("handed over before").isEqualTo(1);
    assertThatThrownBy(() -> log.append(null, entries(1, 2, 10)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the log is closed");
  }

  private SimDisk freshProcess() {
    disk.restartProcess();
    return disk;
  }

  private int[] countedForces() {
    int[] forces = {0};
    disk.inject((operation, _) -> {
      forces[0] += operation == SimDisk.Operation.FORCE ? 1 : 0;
      return null;
    });
    return forces;
  }

  private static void assertRefused(Runnable call, String reason) {
    assertThatThrownBy(call::run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(reason);
  }
}
