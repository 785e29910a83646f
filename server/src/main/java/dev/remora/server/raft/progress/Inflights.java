package dev.remora.server.raft.progress;

/**
 * The appends under way to one member: a window by count and by bytes. Each is known by the index
 * of its last entry, and these only grow.
 */
public final class Inflights {
  private static final int FIRST_CAPACITY = 8;

  private final int countMax;
  private final long bytesMax;

  /** A ring of {@code count} places from {@code start} on. */
  private long[] indexes = new long[0];

  private long[] sizes = new long[0];
  private int start;
  private int count;
  private long bytes;

  /**
   * An empty window.
   *
   * @param countMax most appends, at least 1
   * @param bytesMax most bytes of payload, the last append that begins below may go beyond; 0 for
   *     no bound
   */
  public Inflights(int countMax, long bytesMax) {
    this.countMax = countMax;
    this.bytesMax = bytesMax;
  }

  /** Whether nothing more may be sent. */
  public boolean isFull() {
    return count == countMax || (bytesMax != 0 && bytes >= bytesMax);
  }

  /** How many are under way. */
  public int count() {
    return count;
  }

  /**
   * One more has left.
   *
   * @param lastIndex of its entries
   * @throws IllegalStateException if the window is full
   */
  public void add(long lastIndex, long size) {
    if (isFull()) {
      throw new IllegalStateException("window of " + count + " and " + bytes + " bytes is full");
    }
    if (count == indexes.length) {
      grow();
    }
    int end = (start + count) % indexes.length;
    indexes[end] = lastIndex;
    sizes[end] = size;
    count++;
    bytes += size;
  }

  private void grow() {
    int capacity = Math.min(countMax, Math.max(2 * indexes.length, FIRST_CAPACITY));
    long[] newIndexes = new long[capacity];
    long[] newSizes = new long[capacity];
    for (int i = 0; i < count; i++) {
      int from = (start + i) % indexes.length;
      newIndexes[i] = indexes[from];
      newSizes[i] = sizes[from];
    }
    indexes = newIndexes;
    sizes = newSizes;
    start = 0;
  }

  /** All up to this index have arrived. */
  public void freeUpTo(long index) {
    while (count > 0 && indexes[start] <= index) {
      bytes -= sizes[start];
      start = (start + 1) % indexes.length;
      count--;
    }
  }

  /** Forgets all. */
  public void clear() {
    start = 0;
    count = 0;
    bytes = 0;
  }
}
