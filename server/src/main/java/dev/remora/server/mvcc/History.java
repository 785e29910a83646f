package dev.remora.server.mvcc;

import java.util.Arrays;

/**
 * All changes since the last compaction, in order; an immutable list that shares its storage.
 *
 * <p>Each change has a sequence number, its place since the member's first change. Changes lie in
 * chunks; a longer history shares all chunks with the shorter one it came from, the last included:
 * the single writer only fills slots that no published history reaches.
 */
public final class History {
  static final int CHUNK = 512;
  static final History EMPTY = new History(new Change[0][], 0, 0);

  private final Change[][] chunks;

  /** The sequence number of the first slot of the first chunk is {@code first} rounded down. */
  private final long first;

  private final long end;

  History(Change[][] chunks, long first, long end) {
    this.chunks = chunks;
    this.first = first;
    this.end = end;
  }

  /** The sequence number of the oldest change that is kept. */
  public long first() {
    return first;
  }

  /** One more than the sequence number of the newest change. */
  public long end() {
    return end;
  }

  /** How many changes are kept. */
  public long size() {
    return end - first;
  }

  /**
   * The change of a sequence number from {@link #first} to {@link #end}, excluded.
   *
   * @throws IndexOutOfBoundsException for any other
   */
  public Change at(long sequence) {
    if (sequence < first || sequence >= end) {
      throw new IndexOutOfBoundsException(
          "change " + sequence + " of " + first + " to " + end + ", excluded");
    }
    return chunks[(int) (sequence / CHUNK - first / CHUNK)][(int) (sequence % CHUNK)];
  }

  /** The sequence number of the first change at or after a revision; {@link #end} if none is. */
  public long firstAtOrAfter(long revision) {
    long low = first;
    long high = end;
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (at(middle).modRevision() < revision) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** With one more change. To be called by the single writer, on its newest history only. */
  History append(Change change) {
    int chunk = (int) (end / CHUNK - first / CHUNK);
    Change[][] longer = chunks;
    if (chunk == chunks.length) {
      longer = Arrays.copyOf(chunks, chunk + 1);
      longer[chunk] = new Change[CHUNK];
    }
    longer[chunk][(int) (end % CHUNK)] = change;
    return new History(longer, first, end + 1);
  }

  /** Without the changes before a sequence number; whole chunks are let go. */
  History dropBefore(long sequence) {
    if (sequence <= first) {
      return this;
    }
    int gone = (int) (sequence / CHUNK - first / CHUNK);
    Change[][] kept =
        gone >= chunks.length ? new Change[0][] : Arrays.copyOfRange(chunks, gone, chunks.length);
    return new History(kept, sequence, end);
  }
}
