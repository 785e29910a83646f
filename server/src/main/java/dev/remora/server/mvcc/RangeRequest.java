package dev.remora.server.mvcc;

/**
 * What to read: etcd's RangeRequest (rpc.proto).
 *
 * @param key the first key; not empty
 * @param rangeEnd empty: the one key; a single zero byte: all keys from {@code key} on; else the
 *     first key that is no longer meant
 * @param limit most keys to answer with; 0 or less for all
 * @param revision the revision to read at; 0 or less for the newest
 * @param sortOrder the order of the answer
 * @param sortTarget what is compared for it
 * @param isKeysOnly whether values are left out
 * @param isCountOnly whether only the count is wanted
 * @param minModRevision least mod revision; 0 for any, as in the three that follow
 * @param maxModRevision greatest mod revision
 * @param minCreateRevision least create revision
 * @param maxCreateRevision greatest create revision
 */
public record RangeRequest(
    Bytes key,
    Bytes rangeEnd,
    long limit,
    long revision,
    SortOrder sortOrder,
    SortTarget sortTarget,
    boolean isKeysOnly,
    boolean isCountOnly,
    long minModRevision,
    long maxModRevision,
    long minCreateRevision,
    long maxCreateRevision) {
  /** Sort orders, by their names in rpc.proto. */
  public enum SortOrder {
    /** As stored: ascending by key; for another target the same as ascending. */
    NONE,
    /** Lowest first. */
    ASCEND,
    /** Highest first. */
    DESCEND
  }

  /** Sort targets, by their names in rpc.proto. */
  public enum SortTarget {
    /** The key. */
    KEY,
    /** The version count. */
    VERSION,
    /** The create revision. */
    CREATE,
    /** The mod revision. */
    MOD,
    /** The value. */
    VALUE
  }

  /** All of a range, newest, by key. */
  public static RangeRequest of(Bytes key, Bytes rangeEnd) {
    return new RangeRequest(
        key, rangeEnd, 0, 0, SortOrder.NONE, SortTarget.KEY, false, false, 0, 0, 0, 0);
  }

  /** The same with another limit. */
  public RangeRequest limitedTo(long most) {
    return new RangeRequest(
        key,
        rangeEnd,
        most,
        revision,
        sortOrder,
        sortTarget,
        isKeysOnly,
        isCountOnly,
        minModRevision,
        maxModRevision,
        minCreateRevision,
        maxCreateRevision);
  }

  boolean isFiltered() {
    return minModRevision > 0
        || maxModRevision > 0
        || minCreateRevision > 0
        || maxCreateRevision > 0;
  }

  boolean admits(Version version) {
    return version.modRevision() >= minModRevision
        && (maxModRevision <= 0 || version.modRevision() <= maxModRevision)
        && version.createRevision() >= minCreateRevision
        && (maxCreateRevision <= 0 || version.createRevision() <= maxCreateRevision);
  }

  boolean isSorted() {
    return sortTarget != SortTarget.KEY || sortOrder == SortOrder.DESCEND;
  }

  /**
   * How many keys are read before they are sorted and cut: all, if a filter or an order asks for
   * it. A target without an order sorts only the first keys, one more than the limit, as etcd does.
   */
  long readMax() {
    boolean isAll = limit <= 0 || limit == Long.MAX_VALUE || isFiltered();
    return isAll || sortOrder != SortOrder.NONE ? Long.MAX_VALUE : limit + 1;
  }
}
