package dev.remora.server.raft.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.server.raft.ConfState;
import dev.remora.server.raft.Entry;
import dev.remora.server.raft.HardState;
import dev.remora.server.raft.Payload;
import dev.remora.server.raft.Ready.StorageAck;
import dev.remora.server.raft.Restart;
import dev.remora.server.raft.SnapshotMeta;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RaftLogTest {
  private static final ConfState CONF = ConfState.of(List.of(1L));

  /** A durable log whose first entry has index 1, with these terms. */
  private static RaftLog log(long committed, long... terms) {
    return log(new SnapshotMeta(0, 0, CONF), committed, terms);
  }

  private static RaftLog log(SnapshotMeta snapshot, long committed, long... terms) {
    return new RaftLog(
        new Restart(new HardState(9, 0, committed), snapshot, entries(snapshot.index() + 1, terms)),
        1 << 20);
  }

  private static List<Entry> entries(long first, long... terms) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < terms.length; i++) {
      entries.add(new Entry(terms[i], first + i, Payload.of(new byte[10])));
    }
    return entries;
  }

  @Test
  void theLastPlaceOfATermAtMostIsFoundAsBySearching() {
    Random random = new Random(1);
    for (int round = 0; round < 2_000; round++) {
      long[] terms = new long[1 + random.nextInt(8)];
      long term = 1;
      for (int i = 0; i < terms.length; i++) {
        term += random.nextInt(3);
        terms[i] = term;
      }
      RaftLog log = log(0, terms);
      int from = random.nextInt(terms.length + 1);
      long atMost = random.nextInt(10);

      int expected = from;
      while (expected > 0 && terms[expected - 1] > atMost) {
        expected--;
      }
      assertThat(log.lastOfTermAtMost(from, atMost)).isEqualTo(expected);
    }
  }

  @Test
  void theSearchEndsWhereTheLogIsCompacted() {
    RaftLog log = log(new SnapshotMeta(5, 3, CONF), 5, 4, 4);

    assertThat(log.lastOfTermAtMost(7, 2)).isEqualTo(4);
    assertThat(log.term(5)).isEqualTo(3);
    assertThat(log.term(4)).isEqualTo(RaftLog.UNKNOWN);
    assertThat(log.term(8)).isEqualTo(RaftLog.UNKNOWN);
  }

  @Test
  void whatAgreesStaysAndWhatDiffersIsReplaced() {
    RaftLog log = log(1, 1, 1, 2);

    log.merge(entries(2, 1, 2));
    assertThat(log.lastIndex()).isEqualTo(3);
    assertThat(log.hasToStore()).isFalse();

    log.merge(entries(2, 1, 3, 3));
    assertThat(log.lastIndex()).isEqualTo(4);
    assertThat(log.takeToStore()).isEqualTo(entries(3, 3, 3));
  }

  @Test
  void aCommittedEntryIsNeverReplaced() {
    RaftLog log = log(2, 1, 1);

    assertThatThrownBy(() -> log.merge(entries(2, 5))).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> log.commitTo(3)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void anEntryReplacedAndPutBackIsNotDurableByTheFirstOnesAcknowledgement() {
    RaftLog log = log(0);
    log.merge(entries(1, 1));
    log.takeToStore();
    StorageAck first = new StorageAck(1, 1, 1, 0);
    log.merge(entries(1, 2));
    log.takeToStore();
    log.merge(entries(1, 3));
    log.takeToStore();
    log.commitTo(1);

    log.stored(first, 3);
    log.stored(new StorageAck(3, 1, 2, 0), 3);
    assertThat(log.hasToApply()).isFalse();

    log.stored(new StorageAck(3, 1, 3, 0), 3);
    assertThat(log.takeToApply()).isEqualTo(entries(1, 3));
  }

  @Test
  void anAcknowledgementOfAnOlderTermDoesNotCountForEntries() {
    RaftLog log = log(0);
    log.merge(entries(1, 1));
    log.takeToStore();

    log.stored(new StorageAck(1, 1, 1, 0), 2);

    assertThat(log.pendingAck(2)).isEqualTo(new StorageAck(2, 1, 1, 0));
  }

  @Test
  void aSnapshotTakesTheLogsPlaceAndIsAppliedFirst() {
    RaftLog log = log(0, 1, 1);
    SnapshotMeta snapshot = new SnapshotMeta(5, 2, CONF);
    log.install(snapshot);
    log.merge(entries(6, 2));
    log.commitTo(6);

    assertThat(log.takeInstall()).isEqualTo(snapshot);
    assertThat(log.takeInstall()).isNull();
    assertThat(log.takeToStore()).isEqualTo(entries(6, 2));
    assertThat(log.hasToApply()).isFalse();

    StorageAck ack = log.pendingAck(9);
    assertThat(ack).isEqualTo(new StorageAck(9, 6, 2, 5));
    if (ack != null) {
      log.stored(ack, 9);
    }
    assertThat(log.applied()).isEqualTo(5);
    assertThat(log.takeToApply()).isEqualTo(entries(6, 2));
  }

  @Test
  void applyingStopsAtTheBound() {
    RaftLog log =
        new RaftLog(
            new Restart(
                new HardState(1, 0, 4), new SnapshotMeta(0, 0, CONF), entries(1, 1, 1, 1, 1)),
            40);

    assertThat(log.takeToApply()).hasSize(2);
    assertThat(log.hasToApply()).isFalse();
    log.applied(1);
    assertThat(log.takeToApply()).hasSize(1);
    log.applied(3);
    assertThat(log.takeToApply()).isEqualTo(entries(4, 1));
  }

  @Test
  void compactionStopsAtWhatIsAppliedAndInASnapshot() {
    RaftLog log = log(4, 1, 1, 2, 2, 2);
    log.takeToApply();
    log.applied(4);
    log.snapshotTaken(new SnapshotMeta(3, 2, CONF));

    log.compact(5);

    assertThat(log.firstIndex()).isEqualTo(4);
    assertThat(log.term(3)).isEqualTo(2);
    assertThat(log.term(2)).isEqualTo(RaftLog.UNKNOWN);
    assertThat(log.read(4, Long.MAX_VALUE)).isEqualTo(entries(4, 2, 2));
  }

  @Test
  void theRingHoldsAnyStretchOfTheLog() {
    RaftLog log = log(0);
    for (long index = 1; index <= 1_000; index++) {
      log.append(new Entry(1, index, Payload.EMPTY));
      if (index % 7 == 0) {
        log.takeToStore();
        log.stored(new StorageAck(1, index, 1, 0), 1);
        log.commitTo(index);
        log.takeToApply();
        log.applied(index);
        log.snapshotTaken(new SnapshotMeta(index, 1, CONF));
        log.compact(index - index % 5);
      }
    }

    assertThat(log.read(log.firstIndex(), Long.MAX_VALUE))
        .extracting(Entry::index)
        .hasSize((int) (1_000 - log.firstIndex() + 1))
        .isSorted();
  }

  @Test
  void aLogThatIsShorterThanItsCommitIsRefused() {
    assertThatThrownBy(() -> log(3, 1, 1)).isInstanceOf(IllegalStateException.class);
  }
}
