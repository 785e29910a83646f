package dev.remora.agent.render;

import java.util.ArrayDeque;

/**
 * How many changes may reach the program within any stretch of a given length. What it holds back
 * is not lost: the newest content goes out once there is room again.
 */
final class Budget {
  private final int max;
  private final long periodMillis;
  private final ArrayDeque<Long> spent = new ArrayDeque<>();

  /** Makes a full one; {@code max} 0 means no bound. */
  Budget(int max, long periodMillis) {
    this.max = max;
    this.periodMillis = periodMillis;
  }

  void spend(long now) {
    if (max > 0) {
      forget(now);
      spent.addLast(now);
    }
  }

  /** When the next change may go out: now, or the time at which the oldest does not count. */
  long nextMillis(long now) {
    forget(now);
    return max == 0 || spent.size() < max ? now : spent.getFirst() + periodMillis;
  }

  /** How many changes may go out at once. */
  int left(long now) {
    forget(now);
    return max == 0 ? Integer.MAX_VALUE : Math.max(0, max - spent.size());
  }

  private void forget(long now) {
    while (!spent.isEmpty() && spent.getFirst() + periodMillis <= now) {
      spent.removeFirst();
    }
  }
}
