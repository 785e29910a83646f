package dev.remora.server.raft;

/**
 * What consensus knows of a snapshot; its content travels outside of it.
 *
 * @param index of the last entry it covers; 0 for none
 * @param term of that entry
 * @param conf the configuration at that place
 */
public record SnapshotMeta(long index, long term, ConfState conf) {
  /** Before anything was written. */
  public static final SnapshotMeta NONE = new SnapshotMeta(0, 0, ConfState.EMPTY);
}
