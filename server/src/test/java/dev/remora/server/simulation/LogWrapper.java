package dev.remora.server.simulation;

import dev.remora.server.raft.Entry;
import dev.remora.server.raft.HardState;
import dev.remora.server.replica.LogStore;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Passes everything on; a mutant overrides what it does wrong. */
class LogWrapper implements LogStore {
  private final LogStore log;

  LogWrapper(LogStore log) {
    this.log = log;
  }

  @Override
  public void append(@Nullable HardState hard, List<Entry> entries, Runnable onDurable) {
    log.append(hard, entries, onDurable);
  }

  @Override
  public void snapshotMark(long index, long term, Runnable onDurable) {
    log.snapshotMark(index, term, onDurable);
  }

  @Override
  public void release(long uptoIndex) {
    log.release(uptoIndex);
  }

  @Override
  public long backlogBytes() {
    return log.backlogBytes();
  }

  @Override
  public Duration backlogAge() {
    return log.backlogAge();
  }

  @Override
  public void close() {
    log.close();
  }
}
