package dev.remora.agent.render;

import java.util.random.RandomGenerator;

/**
 * How a group behaves.
 *
 * @param hasCheck whether staged content is checked before it replaces the old one
 * @param hasReload whether a program is told; without one, written content counts as acknowledged
 * @param hasVerify whether it is looked after a reload if the program works with the new content
 * @param settleMinMillis a change waits this long for the next one, which starts the wait anew
 * @param settleMaxMillis no change waits longer than this, however many follow; 0 means settleMin
 * @param reloadsMax most changes that reach the program within {@code reloadsPeriodMillis}; 0 means
 *     any number
 * @param retryMinMillis upper bound of the first wait after a failure; doubles with each
 * @param retryMaxMillis upper bound of every wait
 */
public record GroupSettings(
    boolean hasCheck,
    boolean hasReload,
    boolean hasVerify,
    long settleMinMillis,
    long settleMaxMillis,
    int reloadsMax,
    long reloadsPeriodMillis,
    long retryMinMillis,
    long retryMaxMillis) {
  public GroupSettings {
    if (settleMinMillis < 0 || settleMaxMillis < 0) {
      throw new IllegalArgumentException("settle is not negative");
    }
    if (reloadsMax < 0 || (reloadsMax > 0 && reloadsPeriodMillis < 1)) {
      throw new IllegalArgumentException("a bound of reloads has a period");
    }
    if (retryMinMillis < 1 || retryMaxMillis < retryMinMillis) {
      throw new IllegalArgumentException("retry is positive, its maximum not below its minimum");
    }
  }

  /** Settle as given, nothing verified or bounded; retries after 1 s at most, doubling to 1 min. */
  public static GroupSettings of(
      boolean hasCheck, boolean hasReload, long settleMinMillis, long settleMaxMillis) {
    return new GroupSettings(
        hasCheck, hasReload, false, settleMinMillis, settleMaxMillis, 0, 0, 1_000, 60_000);
  }

  /** How long to wait after so many failures: 1 ms to a bound that doubles with each. */
  long backOff(int failures, RandomGenerator random) {
    long bound = retryMinMillis;
    for (int i = 0; i < failures && bound < retryMaxMillis; i++) {
      bound *= 2;
    }
    return random.nextLong(1, Math.min(bound, retryMaxMillis) + 1);
  }

  /** These, with what is looked at after a reload and how many changes may go out. */
  public GroupSettings with(boolean verifies, int max, long periodMillis) {
    return new GroupSettings(
        hasCheck,
        hasReload,
        verifies,
        settleMinMillis,
        settleMaxMillis,
        max,
        periodMillis,
        retryMinMillis,
        retryMaxMillis);
  }
}
