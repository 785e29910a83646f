package dev.remora.server.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.remora.server.apply.Command;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.Keyspace;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

final class HistoryBoundsTest {
  private static final int WRITES = 50_000;
  private static final int KEYS = 50;

  @Test
  void historyStaysWithinItsBoundUnderEndlessWrites() {
    long largest = largestHistory(new HistoryBounds(2_000, Long.MAX_VALUE));

    // A bound is noticed after a batch, and freeing takes turns: in a burst it is passed for a
    // while.
    assertThat(largest).isBetween(2_000L, WRITES / 2L);
  }

  @Test
  void historyStaysWithinItsBytes() {
    long largest = largestHistory(new HistoryBounds(Long.MAX_VALUE, 500_000));

    assertThat(largest).isBetween(1_000L, WRITES / 2L);
  }

  @Test
  void withinItsBoundsNothingIsCompacted() {
    try (TestMember member = TestMember.start()) {
      write(member, 5_000);

      assertThat(member.replica().state().keyspace().compactRevision()).isZero();
      assertThat(member.replica().state().keyspace().history().size()).isEqualTo(5_000);
    }
  }

  private static long largestHistory(HistoryBounds bounds) {
    try (TestMember member = TestMember.start()) {
      member.onReplica(replica -> replica.keepHistory(bounds));
      long largest = 0;
      for (int i = 0; i < 10; i++) {
        write(member, WRITES / 10);
        largest = Math.max(largest, member.replica().state().keyspace().history().size());
      }
      await().until(() -> bounds.compactTo(member.replica().state().keyspace()).isEmpty());
      Keyspace keyspace = member.replica().state().keyspace();
      assertThat(keyspace.compactRevision()).isPositive();
      assertThat(keyspace.revision()).isEqualTo(WRITES + 1L);
      assertThat(keyspace.newest().sizeLive()).isEqualTo(KEYS);
      return largest;
    }
  }

  private static void write(TestMember member, int count) {
    Semaphore answered = new Semaphore(0);
    member.onLoop((_, door) -> {
      for (int i = 0; i < count; i++) {
        Bytes key = Bytes.utf8("/k" + i % KEYS);
        door.propose(
            new Command.Put(key, Bytes.utf8("value"), 0, false, false, false),
            _ -> answered.release());
      }
    });
    answered.acquireUninterruptibly(count);
  }
}
