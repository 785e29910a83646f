package dev.remora.agent.runner;

import java.util.random.RandomGenerator;

/** Waits between attempts: anything up to a bound that doubles with each failure (full jitter). */
final class BackOff {
  private final long minMillis;
  private final long maxMillis;
  private final RandomGenerator random;
  private long boundMillis;

  BackOff(long minMillis, long maxMillis, RandomGenerator random) {
    this.minMillis = minMillis;
    this.maxMillis = maxMillis;
    this.random = random;
    this.boundMillis = minMillis;
  }

  /** Milliseconds to wait now, at least 1. */
  long next() {
    long wait = 1 + random.nextLong(boundMillis);
    boundMillis = Math.min(maxMillis, 2 * boundMillis);
    return wait;
  }

  /** Something worked: the next wait is short again. */
  void reset() {
    boundMillis = minMillis;
  }
}
