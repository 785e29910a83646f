package dev.remora.server.storage;

import dev.remora.server.raft.Entry;
import dev.remora.server.raft.HardState;
import dev.remora.server.replica.SnapshotMark;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a sequence of records amounts to, without the payloads: the hard state, the snapshot mark,
 * and the term at every index. The rules of the log are here and nowhere else, for what is about to
 * be written and for what is read back.
 */
final class LogShape {
  private static final long UNKNOWN = -1;

  private HardState hardState;
  private SnapshotMark mark;
  private long firstIndex;
  private long lastIndex;

  /** First index of each run of equal terms → that term; begins one before the first entry. */
  private final TreeMap<Long, Long> termRuns = new TreeMap<>();

  private LogShape(long lastIndex, long lastTerm, HardState hardState, SnapshotMark mark) {
    this.hardState = hardState;
    this.mark = mark;
    this.firstIndex = lastIndex + 1;
    this.lastIndex = lastIndex;
    termRuns.put(lastIndex, lastTerm);
  }

  /** An empty log. */
  static LogShape empty() {
    return new LogShape(0, 0, HardState.INITIAL, SnapshotMark.NONE);
  }

  /** The log as a segment's header describes it, without the entries before the segment. */
  static LogShape at(SegmentHeader header) {
    return new LogShape(header.lastIndex(), header.lastTerm(), header.hardState(), header.mark());
  }

  LogShape copy() {
    LogShape copy = new LogShape(lastIndex, 0, hardState, mark);
    copy.firstIndex = firstIndex;
    copy.termRuns.clear();
    copy.termRuns.putAll(termRuns);
    return copy;
  }

  HardState hardState() {
    return hardState;
  }

  SnapshotMark mark() {
    return mark;
  }

  /** The oldest entry there is; entries up to the mark may be missing, others may not. */
  long firstIndex() {
    return firstIndex;
  }

  long lastIndex() {
    return lastIndex;
  }

  long lastTerm() {
    return termAt(lastIndex);
  }

  /** Whether a mark lets the entries after it stand; otherwise it drops the log whole. */
  boolean isKeptBy(SnapshotMark next) {
    return next.index() <= lastIndex && agreesWith(next);
  }

  /** Whether the entry at a mark has the mark's term, as far as the log still knows. */
  boolean agreesWith(SnapshotMark other) {
    long term = termAt(other.index());
    return term == UNKNOWN || term == other.term();
  }

  /** Why a record cannot follow, or null if it can. */
  @Nullable String problemWith(LogRecord record) {
    return switch (record) {
      case LogRecord.Append(Entry entry) -> problemWith(entry);
      case LogRecord.State(HardState next) -> problemWith(next);
      case LogRecord.Mark(SnapshotMark next, boolean isRestart) -> problemWith(next, isRestart);
    };
  }

  private @Nullable String problemWith(Entry entry) {
    long index = entry.index();
    if (index > lastIndex + 1) {
      return "entries between index %d and %d are missing".formatted(lastIndex, index);
    }
    if (index <= mark.index() || index <= hardState.commit()) {
      return "entry %d would replace a committed one; commit is %d, %s"
          .formatted(index, hardState.commit(), mark);
    }
    if (entry.term() < termAt(index - 1)) {
      return "entry %d has term %d after term %d".formatted(index, entry.term(), termAt(index - 1));
    }
    return null;
  }

  private @Nullable String problemWith(HardState next) {
    boolean isBack = next.term() < hardState.term() || next.commit() < hardState.commit();
    boolean isOtherVote =
        next.term() == hardState.term() && hardState.vote() != 0 && next.vote() != hardState.vote();
    if (isBack || isOtherVote) {
      return next + " after " + hardState;
    }
    return next.commit() > lastIndex ? next + " while the log ends at " + lastIndex : null;
  }

  private @Nullable String problemWith(SnapshotMark next, boolean isRestart) {
    boolean isOther = next.index() == mark.index() && !next.equals(mark);
    if (next.index() < mark.index() || isOther) {
      return next + " after " + mark;
    }
    return isRestart || isKeptBy(next)
        ? null
        : "%s in a log that ends with entry %d of term %d"
            .formatted(next, lastIndex, termAt(lastIndex));
  }

  /**
   * Takes a record in.
   *
   * @throws IllegalStateException if it cannot follow
   */
  void accept(LogRecord record) {
    String problem = problemWith(record);
    if (problem != null) {
      throw new IllegalStateException(problem);
    }
    switch (record) {
      case LogRecord.Append(Entry entry) -> append(entry);
      case LogRecord.State(HardState next) -> hardState = next;
      case LogRecord.Mark(SnapshotMark next, boolean isRestart) -> {
        if (isRestart) {
          restart(next.index(), next.term());
        }
        mark = next;
      }
    }
  }

  private void append(Entry entry) {
    long index = entry.index();
    if (index < firstIndex) {
      restart(index - 1, UNKNOWN); // Its predecessor was in a segment that has been released.
    }
    if (index <= lastIndex) {
      termRuns.tailMap(index, true).clear();
    }
    if (termAt(index - 1) != entry.term()) {
      termRuns.put(index, entry.term());
    }
    lastIndex = index;
  }

  private void restart(long index, long term) {
    termRuns.clear();
    termRuns.put(index, term);
    firstIndex = index + 1;
    lastIndex = index;
  }

  private long termAt(long index) {
    Map.Entry<Long, Long> run = termRuns.floorEntry(index);
    return run == null ? UNKNOWN : run.getValue();
  }
}
