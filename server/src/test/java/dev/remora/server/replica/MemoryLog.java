package dev.remora.server.replica;

import dev.remora.server.raft.Entry;
import dev.remora.server.raft.HardState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A log that forgets all at the end of the test, and is durable at once until told otherwise. */
public final class MemoryLog implements LogStore {
  private final List<Entry> entries = new ArrayList<>();
  private final List<Runnable> held = new ArrayList<>();
  private boolean isHolding;

  /** From now on nothing becomes durable until {@link #release()}. */
  public synchronized void hold() {
    isHolding = true;
  }

  /** All that was held becomes durable. */
  public synchronized void release() {
    isHolding = false;
    held.forEach(Runnable::run);
    held.clear();
  }

  /** What was appended so far. */
  public synchronized List<Entry> entries() {
    return List.copyOf(entries);
  }

  @Override
  public synchronized void append(
      @Nullable HardState hard, List<Entry> appended, Runnable onDurable) {
    entries.addAll(appended);
    if (isHolding) {
      held.add(onDurable);
    } else {
      onDurable.run();
    }
  }

  @Override
  public void snapshotMark(long index, long term, Runnable onDurable) {
    onDurable.run();
  }

  @Override
  public void release(long uptoIndex) {}

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
