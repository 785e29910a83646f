package dev.remora.server.simulation;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A lease ends no earlier than its TTL after the leader that ends it began to lead or applied the
 * grant, or any member told a client that it is alive, whichever was last. That it ends once is
 * seen from its keys.
 */
final class LeaseChecks {
  private static final long MICROS_PER_SECOND = 1_000_000;

  private final Map<Long, Long> ttls = new HashMap<>();
  private final Map<Long, Long> ledSince = new HashMap<>();

  /** By member and lease. */
  private final Map<List<Long>, Long> granted = new HashMap<>();

  /** By lease. */
  private final Map<Long, Long> renewed = new HashMap<>();

  /** A member begins to lead. */
  void leads(long member, long nowMicros) {
    ledSince.put(member, nowMicros);
  }

  /** A member has applied a grant. */
  void granted(long member, long lease, long ttlSeconds, long nowMicros) {
    ttls.put(lease, ttlSeconds);
    granted.put(List.of(member, lease), nowMicros);
  }

  /** A client was told that a lease is alive; it had asked then. */
  void keptAlive(long lease, long askedMicros) {
    renewed.merge(lease, askedMicros, Math::max);
  }

  /** A leader puts the end of a lease into its log. */
  void ends(long member, long lease, long nowMicros) {
    if (isDeposed(member)) {
      return; // It has not noticed. Whoever told a client since has committed an entry before.
    }
    long since =
        Math.max(
            Math.max(
                ledSince.getOrDefault(member, 0L),
                granted.getOrDefault(List.of(member, lease), 0L)),
            renewed.getOrDefault(lease, 0L));
    long ttlMicros = ttls.getOrDefault(lease, 0L) * MICROS_PER_SECOND;
    if (nowMicros - since < ttlMicros) {
      throw new Violation(
          Invariant.LEASES_LAST,
          "member %d ends lease %d after %d µs, its TTL is %d µs"
              .formatted(member, lease, nowMicros - since, ttlMicros));
    }
  }

  private boolean isDeposed(long member) {
    long since = ledSince.getOrDefault(member, 0L);
    return ledSince.values().stream().anyMatch(other -> other > since);
  }
}
