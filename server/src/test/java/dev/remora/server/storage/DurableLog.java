package dev.remora.server.storage;

import dev.remora.server.raft.Entry;
import dev.remora.server.raft.HardState;
import dev.remora.server.replica.Recovered;
import dev.remora.server.replica.SnapshotMark;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * What a log's disk holds for certain, read from the forced bytes themselves and not from what the
 * log says about them: the hard state, and the term at every index.
 */
public final class DurableLog implements SimDisk.Forced {
  private static final String SEGMENT_SUFFIX = ".rwal";

  private HardState hard;

  /** The index that {@code terms[0]} is of. */
  private long base;

  private long lastIndex;
  private long[] terms = new long[64];
  private Path segment;
  private int end;
  private int lastBatch;

  /** Goes on from what a recovery has found on this disk, and forced. */
  public DurableLog(SimDisk disk, Recovered recovered) {
    segment = disk.last(SEGMENT_SUFFIX);
    end = SegmentHeader.BYTES;
    hard = recovered.hardState();
    SnapshotMark mark = recovered.mark();
    restart(mark.index(), mark.term());
    for (Entry entry : recovered.entries()) {
      put(entry.index(), entry.term());
    }
  }

  public HardState hard() {
    return hard;
  }

  public long lastIndex() {
    return lastIndex;
  }

  /** The oldest index whose term is known: the newest snapshot's that dropped the log. */
  public long base() {
    return base;
  }

  /** The term of the entry there; 0 if there is none, or it is too old to be known. */
  public long term(long index) {
    return index < base || index > lastIndex ? 0 : terms[(int) (index - base)];
  }

  /** The segment that was forced last. */
  public Path segment() {
    return segment;
  }

  /** Where its last batch begins, in bytes: what lies before is followed by a later write. */
  public int lastBatch() {
    return lastBatch;
  }

  @Override
  public void on(Path file, byte[] durable) {
    boolean isOlder = file.compareTo(segment) < 0; // Forced once more: it was full before.
    if (!file.toString().endsWith(SEGMENT_SUFFIX) || isOlder) {
      return;
    }
    if (!file.equals(segment)) {
      segment = file;
      end = SegmentHeader.BYTES;
    }
    ByteBuffer bytes = ByteBuffer.wrap(durable);
    while (end + RecordFormat.HEADER_BYTES <= durable.length && bytes.getInt(end) != 0) {
      lastBatch = bytes.getInt(end + 12);
      take(bytes, end);
      end += RecordFormat.aligned(bytes.getInt(end));
    }
  }

  private void take(ByteBuffer bytes, int at) {
    long term = bytes.getLong(at + 16);
    long index = bytes.getLong(at + 24);
    switch (bytes.getInt(at + 8)) {
      case RecordFormat.HARD_STATE ->
          hard = new HardState(term, bytes.getLong(at + RecordFormat.HEADER_BYTES), index);
      case RecordFormat.SNAPSHOT_MARK -> {}
      case RecordFormat.SNAPSHOT_RESTART -> {
        if (index >= base) {
          restart(index, term);
        }
      }
      default -> put(index, term);
    }
  }

  private void restart(long index, long term) {
    base = index;
    lastIndex = index;
    terms[0] = term;
  }

  private void put(long index, long term) {
    if (index <= base) {
      return; // Read once more, after a restart, from before the snapshot.
    }
    int at = (int) (index - base);
    if (at >= terms.length) {
      terms = Arrays.copyOf(terms, 2 * at);
    }
    terms[at] = term;
    lastIndex = index;
  }
}
