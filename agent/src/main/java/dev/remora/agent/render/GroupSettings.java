package dev.remora.agent.render;

/**
 * How a group behaves.
 *
 * @param hasCheck whether staged content is checked before it replaces the old one
 * @param hasReload whether a program is told; without one, written content counts as acknowledged
 * @param settleMinMillis a change waits this long for the next one, which starts the wait anew
 * @param settleMaxMillis no change waits longer than this, however many follow; 0 means settleMin
 * @param retryMinMillis upper bound of the first wait after a failure; doubles with each
 * @param retryMaxMillis upper bound of every wait
 */
public record GroupSettings(
    boolean hasCheck,
    boolean hasReload,
    long settleMinMillis,
    long settleMaxMillis,
    long retryMinMillis,
    long retryMaxMillis) {
  public GroupSettings {
    if (settleMinMillis < 0 || settleMaxMillis < 0) {
      throw new IllegalArgumentException("settle is not negative");
    }
    if (retryMinMillis < 1 || retryMaxMillis < retryMinMillis) {
      throw new IllegalArgumentException("retry is at least 1 ms, and its maximum the greater");
    }
  }

  /** Settle as given; retries after 1 s at most, doubling to 1 min. */
  public static GroupSettings of(
      boolean hasCheck, boolean hasReload, long settleMinMillis, long settleMaxMillis) {
    return new GroupSettings(hasCheck, hasReload, settleMinMillis, settleMaxMillis, 1_000, 60_000);
  }
}
