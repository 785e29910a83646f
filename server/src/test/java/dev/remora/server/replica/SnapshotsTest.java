package dev.remora.server.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.apply.State;
import dev.remora.server.raft.ConfState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** When a snapshot is made, and what the log is told. */
final class SnapshotsTest {
  private static final SnapshotSettings SETTINGS =
      new SnapshotSettings(10, 1_000, 200, 3, Duration.ofSeconds(30));

  private final SlowStore store = new SlowStore();
  private final List<String> saved = new ArrayList<>();
  private final ManualClocks clocks = new ManualClocks();
  private final Snapshots snapshots =
      new Snapshots(
          SETTINGS,
          store,
          (mark, conf, kept) -> saved.add(mark + " " + conf.voters() + " " + kept),
          Runnable::run,
          clocks,
          5);

  @Test
  void aSnapshotIsDueAfterSoManyEntries() {
    snapshots.offer(state(14));
    snapshots.offer(state(15));

    assertThat(store.asked).containsExactly(15L);
  }

  @Test
  void aSnapshotIsDueAfterSoManyBytes() {
    snapshots.count(900);
    snapshots.offer(state(6));
    snapshots.count(100);
    snapshots.offer(state(7));

    assertThat(store.asked).containsExactly(7L);
  }

  @Test
  void ofADurableSnapshotTheLogIsToldAndHowMuchOfItIsKept() {
    snapshots.offer(state(15));
    assertThat(saved).isEmpty();

    store.finish(new SnapshotStore.Result.Saved(new SnapshotMark(15, 1), 100));

    assertThat(saved).containsExactly(new SnapshotMark(15, 1) + " [1] 3");
  }

  @Test
  void oneSnapshotIsMadeAtATime() {
    snapshots.offer(state(15));
    snapshots.offer(state(30));
    store.finish(new SnapshotStore.Result.Saved(new SnapshotMark(15, 1), 100));
    snapshots.offer(state(24));
    snapshots.offer(state(25));

    assertThat(store.asked).containsExactly(15L, 25L);
  }

  /** Each entry counts as 136 bytes. */
  @Test
  void afterALargeSnapshotTheLogGrowsByItsSizeFirst() {
    snapshots.offer(state(15));
    store.finish(new SnapshotStore.Result.Saved(new SnapshotMark(15, 1), 409));
    snapshots.count(100);
    snapshots.count(100);
    snapshots.count(100);
    snapshots.offer(state(40));
    snapshots.count(100);
    snapshots.offer(state(41));

    assertThat(store.asked).containsExactly(15L, 41L);
  }

  @Test
  void afterASmallSnapshotOnlyTheEntriesCount() {
    snapshots.offer(state(15));
    store.finish(new SnapshotStore.Result.Saved(new SnapshotMark(15, 1), 200));
    snapshots.offer(state(25));

    assertThat(store.asked).containsExactly(15L, 25L);
  }

  @Test
  void afterSoManyBytesASnapshotIsDueHoweverLargeTheLastWas() {
    snapshots.offer(state(15));
    store.finish(new SnapshotStore.Result.Saved(new SnapshotMark(15, 1), 1_000_000));
    snapshots.count(1_000);
    snapshots.offer(state(16));

    assertThat(store.asked).containsExactly(15L, 16L);
  }

  @Test
  void bytesThatCameWhileASnapshotWasWrittenCountForTheNext() {
    snapshots.count(1_000);
    snapshots.offer(state(6));
    snapshots.count(900);
    store.finish(new SnapshotStore.Result.Saved(new SnapshotMark(6, 1), 100));
    snapshots.offer(state(7));
    snapshots.count(100);
    snapshots.offer(state(8));

    assertThat(store.asked).containsExactly(6L, 8L);
  }

  @Test
  void aFailureLeavesTheLogAloneAndIsTriedAgainAfterAWhile() {
    snapshots.offer(state(15));
    store.finish(new SnapshotStore.Result.Failed("the disk is full"));
    clocks.nanos += Duration.ofSeconds(29).toNanos();
    snapshots.offer(state(16));
    clocks.nanos += Duration.ofSeconds(1).toNanos();
    snapshots.offer(state(17));

    assertThat(saved).isEmpty();
    assertThat(store.asked).containsExactly(15L, 17L);
  }

  @Test
  void afterTheStopNothingReachesTheLogAnyMore() {
    snapshots.offer(state(15));
    snapshots.stop();
    store.finish(new SnapshotStore.Result.Saved(new SnapshotMark(15, 1), 100));
    snapshots.offer(state(40));

    assertThat(saved).isEmpty();
    assertThat(store.asked).containsExactly(15L);
  }

  private static State state(long index) {
    State empty = State.EMPTY;
    return new State(
        index,
        1,
        ConfState.of(List.of(1L)),
        empty.keyspace(),
        empty.tree(),
        empty.leases(),
        empty.alarms(),
        empty.members(),
        0);
  }

  /** Is done when the test says so. */
  private static final class SlowStore implements SnapshotStore {
    private final List<Long> asked = new ArrayList<>();
    private final List<Consumer<Result>> waiting = new ArrayList<>();

    void finish(Result result) {
      waiting.removeFirst().accept(result);
    }

    @Override
    public void save(State state, Consumer<Result> done) {
      asked.add(state.index());
      waiting.add(done);
    }

    @Override
    public void close() {}
  }

  private static final class ManualClocks implements Clocks {
    private long nanos;

    @Override
    public long wallNanos() {
      return nanos;
    }

    @Override
    public long monotonicNanos() {
      return nanos;
    }
  }
}
