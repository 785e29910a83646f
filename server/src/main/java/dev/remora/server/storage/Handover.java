package dev.remora.server.storage;

import dev.remora.server.raft.Entry;
import dev.remora.server.raft.HardState;
import dev.remora.server.replica.SnapshotMark;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One call of the log's user on its way to the disk. */
sealed interface Handover {
  /** What it counts in the backlog. */
  long bytes();

  /** When it was handed over, by {@link LogThreads#nanoTime}. */
  long sinceNanos();

  /** Records to be written in this order; then {@code onDurable} is owed. */
  record Records(List<LogRecord> records, Runnable onDurable, long bytes, long sinceNanos)
      implements Handover {}

  /** Segments up to this index may go. In the queue behind the mark that allows it. */
  record Release(long uptoIndex, long sinceNanos) implements Handover {
    @Override
    public long bytes() {
      return 0;
    }
  }

  /**
   * The records of an append. Term and vote come before the entries, and the commit after them, so
   * that every prefix is a state the log may be in.
   */
  static List<LogRecord> records(HardState before, @Nullable HardState next, List<Entry> entries) {
    List<LogRecord> records = new ArrayList<>(entries.size() + 2);
    HardState hard = before;
    if (next != null && (next.term() != before.term() || next.vote() != before.vote())) {
      hard =
          new HardState(
              next.term(), next.vote(), entries.isEmpty() ? next.commit() : before.commit());
      records.add(new LogRecord.State(hard));
    }
    for (Entry entry : entries) {
      records.add(new LogRecord.Append(entry));
    }
    if (next != null && !next.equals(hard)) {
      records.add(new LogRecord.State(next));
    }
    return records;
  }

  /** The record of a snapshot mark. */
  static List<LogRecord> records(SnapshotMark mark, boolean isRestart) {
    return List.of(new LogRecord.Mark(mark, isRestart));
  }
}
