package dev.remora.server.api.v2;

import dev.remora.server.replica.AppendCounters;

/** What {@code /v2/stats} tells of this member: one for all loops. Any thread may use it. */
public final class Statistics {
  private final long startNanos;
  private final StoreCounters store = new StoreCounters();
  private final AppendCounters appends;
  private long leader;
  private long ledSinceNanos;

  /**
   * Nothing happened yet.
   *
   * @param startNanos when the member was started, in nanoseconds since 1970
   */
  public Statistics(long startNanos, AppendCounters appends) {
    this.startNanos = startNanos;
    this.ledSinceNanos = startNanos;
    this.appends = appends;
  }

  /** What of the store is counted. */
  public StoreCounters store() {
    return store;
  }

  AppendCounters appends() {
    return appends;
  }

  long startNanos() {
    return startNanos;
  }

  /**
   * Since when somebody leads, as far as anybody has asked here, in nanoseconds since 1970.
   *
   * @param now the same clock's time
   */
  public synchronized long ledSince(long by, long now) {
    if (by != leader) {
      ledSinceNanos = leader == 0 ? startNanos : now;
      leader = by;
    }
    return ledSinceNanos;
  }
}
