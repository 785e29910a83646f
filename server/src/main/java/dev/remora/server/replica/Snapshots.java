package dev.remora.server.replica;

import dev.remora.server.apply.State;
import dev.remora.server.raft.ConfState;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides when a snapshot is due, has it written, then lets the log forget what it holds. A failure
 * is no harm but a longer log. On the replica's loop only.
 */
final class Snapshots {
  /** What an entry takes in the log besides its payload, about. */
  private static final int ENTRY_BYTES = 36;

  /** Hears of durable snapshots. */
  interface Listener {
    /** See {@link Consensus#snapshotSaved}. */
    void saved(SnapshotMark mark, ConfState conf, int entriesKept);
  }

  private static final Logger LOG = LoggerFactory.getLogger(Snapshots.class);

  private final SnapshotSettings settings;
  private final SnapshotStore store;
  private final Listener listener;
  private final Executor loop;
  private final Clocks clocks;
  private long lastIndex;
  private long logBytes;

  /** How large the last snapshot of this boot was. */
  private long lastBytes;

  /** How much of {@link #logBytes} the snapshot that is being written covers. */
  private long coveredBytes;

  private boolean isSaving;
  private boolean isStopped;
  private boolean hasFailed;
  private long failedAtNanos;

  /**
   * Begins.
   *
   * @param loop runs things on the replica's loop
   * @param lastIndex where the newest snapshot stands; 0 for none
   */
  Snapshots(
      SnapshotSettings settings,
      SnapshotStore store,
      Listener listener,
      Executor loop,
      Clocks clocks,
      long lastIndex) {
    this.settings = settings;
    this.store = store;
    this.listener = listener;
    this.loop = loop;
    this.clocks = clocks;
    this.lastIndex = lastIndex;
  }

  /** Counts an entry that was applied. */
  void count(int payloadBytes) {
    logBytes += ENTRY_BYTES + payloadBytes;
  }

  /** Begins a snapshot of this state if one is due. The state is frozen: that costs nothing. */
  void offer(State state) {
    if (isDue(state.index())) {
      begin(state);
    }
  }

  /** Begins a snapshot of this state, due or not, unless one is under way or has just failed. */
  void begin(State state) {
    if (state.index() <= lastIndex || isSaving || isStopped || isPausing()) {
      return;
    }
    isSaving = true;
    coveredBytes = logBytes;
    long startNanos = clocks.monotonicNanos();
    ConfState conf = state.conf();
    store.save(state, result -> loop.execute(() -> finish(result, conf, startNanos)));
  }

  /** A leader's snapshot has come: there is no need of one before its place. */
  void received(long index) {
    lastIndex = Math.max(lastIndex, index);
    logBytes = 0;
    coveredBytes = 0;
  }

  /** No snapshot is begun any more, and of one under way nothing is made. */
  void stop() {
    isStopped = true;
  }

  private boolean isDue(long index) {
    boolean isWorthIt = lastBytes <= settings.smallBytesMax() || logBytes >= lastBytes;
    return (index - lastIndex >= settings.entriesMax() && isWorthIt)
        || logBytes >= settings.logBytesMax();
  }

  private boolean isPausing() {
    return hasFailed && clocks.monotonicNanos() - failedAtNanos < settings.retryDelay().toNanos();
  }

  private void finish(SnapshotStore.Result result, ConfState conf, long startNanos) {
    isSaving = false;
    if (isStopped) {
      return;
    }
    switch (result) {
      case SnapshotStore.Result.Saved(SnapshotMark(long index, long term), long bytes) -> {
        LOG.info(
            "snapshot written index={} term={} bytes={} millis={}",
            index,
            term,
            bytes,
            (clocks.monotonicNanos() - startNanos) / 1_000_000);
        hasFailed = false;
        lastIndex = Math.max(lastIndex, index);
        lastBytes = bytes;
        logBytes -= coveredBytes;
        listener.saved(new SnapshotMark(index, term), conf, settings.entriesKept());
      }
      case SnapshotStore.Result.Failed(String reason) -> {
        LOG.warn("{}; the log is kept, and the snapshot is tried again later", reason);
        hasFailed = true;
        failedAtNanos = clocks.monotonicNanos();
      }
    }
  }
}
