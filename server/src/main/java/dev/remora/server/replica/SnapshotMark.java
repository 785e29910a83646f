package dev.remora.server.replica;

/**
 * Where the newest durable snapshot stands: it holds the effect of all entries up to and with this
 * index.
 *
 * @param index the last entry the snapshot includes; 0 for no snapshot
 * @param term that entry's term
 */
public record SnapshotMark(long index, long term) {
  /** No snapshot yet. */
  public static final SnapshotMark NONE = new SnapshotMark(0, 0);

  public SnapshotMark {
    if (index < 0 || term < 0 || (index == 0) != (term == 0)) {
      throw new IllegalArgumentException("snapshot mark with index " + index + ", term " + term);
    }
  }
}
