package dev.remora.server.replica;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * For how long each of the other members has refused this one without a break: what may pass is not
 * waited for for ever. On the replica's loop only.
 */
final class RefusalClock {
  private final long mostNanos;
  private final Map<Long, Span> spans = new HashMap<>();

  private record Span(long firstNanos, long lastNanos) {}

  /**
   * Begins.
   *
   * @param most after so long it is enough; a silence of the same length is a break
   */
  RefusalClock(Duration most) {
    this.mostNanos = most.toNanos();
  }

  /** A member refuses; whether it has done so for too long by now. */
  boolean refused(long peer, long nowNanos) {
    Span before = spans.get(peer);
    long first =
        before == null || nowNanos - before.lastNanos() > mostNanos
            ? nowNanos
            : before.firstNanos();
    spans.put(peer, new Span(first, nowNanos));
    return nowNanos - first > mostNanos;
  }

  /** A member does not refuse any more. */
  void welcomed(long peer) {
    spans.remove(peer);
  }
}
