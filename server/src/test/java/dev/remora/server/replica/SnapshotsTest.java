package dev.remora.server.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.apply.State;
import dev.remora.server.raft.Entry;
import dev.remora.server.raft.HardState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When a snapshot is made, and what the log is told. */
final class SnapshotsTest {
  private static final SnapshotSettings SETTINGS =
      new SnapshotSettings(10, 1_000, 3, Duration.ofSeconds(30));

  private final SlowStore store = new SlowStore();
  private final RecordingLog log = new RecordingLog();
  private final ManualClocks clocks = new ManualClocks();
  private final Snapshots snapshots = new Snapshots(SETTINGS, store, log, Runnable::run, clocks, 5);

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
  void aDurableSnapshotIsMarkedAndTheLogBehindItReleasedButForWhatIsKept() {
    snapshots.offer(state(15));
    assertThat(log.calls).isEmpty();

    store.finish(new SnapshotStore.Result.Saved(new SnapshotMark(15, 1), 100));

    assertThat(log.calls).containsExactly("mark 15/1", "release 12");
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

    assertThat(log.calls).isEmpty();
    assertThat(store.asked).containsExactly(15L, 17L);
  }

  @Test
  void afterTheStopNothingReachesTheLogAnyMore() {
    snapshots.offer(state(15));
    snapshots.stop();
    store.finish(new SnapshotStore.Result.Saved(new SnapshotMark(15, 1), 100));
    snapshots.offer(state(40));

    assertThat(log.calls).isEmpty();
    assertThat(store.asked).containsExactly(15L);
  }

  private static State state(long index) {
    State empty = State.EMPTY;
    return new State(index, 1, empty.keyspace(), empty.tree(), empty.leases(), empty.alarms());
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

  private static final class RecordingLog implements LogStore {
    private final List<String> calls = new ArrayList<>();

    @Override
    public void append(@Nullable HardState hard, List<Entry> entries, Runnable onDurable) {
      calls.add("append");
    }

    @Override
    public void snapshotMark(long index, long term, Runnable onDurable) {
      calls.add("mark " + index + "/" + term);
    }

    @Override
    public void release(long uptoIndex) {
      calls.add("release " + uptoIndex);
    }

    @Override
    public long backlogBytes() {
      return 0;
    }

    @Override
    public Duration backlogAge() {
      return Duration.ZERO;
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
