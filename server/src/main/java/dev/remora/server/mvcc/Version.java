package dev.remora.server.mvcc;

/**
 * One version of a key: a put, or the tombstone of a removal.
 *
 * <p>{@code createRevision}, {@code modRevision}, {@code version} and {@code lease} follow etcd v3
 * (kv.proto); {@code createdIndex} and {@code expiration} are what the v2 API adds.
 *
 * @param key its key
 * @param value its value; empty in a tombstone
 * @param createRevision the revision that made the key come to life; 0 in a tombstone
 * @param modRevision the revision of this change
 * @param sub the place of this change in its revision, from 0
 * @param version how many puts since the key came to life, from 1; 0 in a tombstone
 * @param lease the lease it hangs on; 0 for none
 * @param createdIndex v2's createdIndex; kept in a tombstone, whose event shows it
 * @param expiration when the v2 TTL runs out, nanoseconds since 1970 by the clock of the member
 *     that took the request; {@link #PERMANENT} for never
 * @param action what made it
 * @param isShown whether v2 watchers see it: not a refresh, not hidden by a directory, not a part
 *     of a directory's removal, and of a form that v2 knows
 * @param sequence its place in the history
 * @param previous the place in the history of the key's version before; -1 for none
 */
public record Version(
    Bytes key,
    Bytes value,
    long createRevision,
    long modRevision,
    int sub,
    long version,
    long lease,
    long createdIndex,
    long expiration,
    Action action,
    boolean isShown,
    long sequence,
    long previous)
    implements Keyed, Change {
  /** The expiration of what does not expire. */
  public static final long PERMANENT = Long.MIN_VALUE;

  /** What a version costs beside its key and value, about; measured on a 64-bit JVM. */
  private static final int OVERHEAD_BYTES = 160;

  @Override
  public boolean isLive() {
    return version != 0;
  }

  /** Whether it marks a removal. */
  public boolean isTombstone() {
    return version == 0;
  }

  /** Whether a v2 TTL runs on it. */
  public boolean isExpiring() {
    return expiration != PERMANENT;
  }

  /** What it takes of the heap, about. */
  public long sizeBytes() {
    return (long) OVERHEAD_BYTES + key.length() + value.length();
  }
}
