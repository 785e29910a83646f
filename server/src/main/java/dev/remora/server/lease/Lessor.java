package dev.remora.server.lease;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * Knows, on the leader, when each lease runs out. Not thread-safe; single writer.
 *
 * <p>A lease that has run out stays until its revocation comes through the log; until then a
 * keep-alive is refused, so that no client is told it still holds what is about to go.
 */
public final class Lessor {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final Map<Long, Term> terms = new HashMap<>();

  /**
   * One entry a lease, by an expiry that may since have moved later: it is put back when it comes
   * up. So that keep-alives, however many, take no room.
   */
  private final PriorityQueue<Term> byExpiry =
      new PriorityQueue<>(
          Comparator.comparingLong(Term::expiresAtNanos).thenComparingLong(Term::id));

  /** What has run out and is to come up again, in the order of that time. */
  private final Deque<Term> postponed = new ArrayDeque<>();

  private record Term(long id, long ttlSeconds, long expiresAtNanos) {}

  /** Starts a lease's full TTL. */
  public void start(long id, long ttlSeconds, long nowNanos) {
    Term term = new Term(id, ttlSeconds, expiry(ttlSeconds, nowNanos));
    terms.put(id, term);
    byExpiry.add(term);
  }

  /**
   * Lets a lease that has run out come up again after a second: its revoke could not be proposed.
   * It stays run out.
   */
  public void postpone(long id, long nowNanos) {
    Term term = terms.get(id);
    if (term != null) {
      postponed.add(new Term(id, term.ttlSeconds(), expiry(1, nowNanos)));
    }
  }

  /** Forgets all. */
  public void clear() {
    terms.clear();
    byExpiry.clear();
    postponed.clear();
  }

  /** Forgets a lease that was revoked. */
  public void stop(long id) {
    terms.remove(id);
  }

  /**
   * Gives a lease its full TTL again.
   *
   * @return the TTL in seconds, or nothing if there is no such lease or it has run out
   */
  public Optional<Long> keepAlive(long id, long nowNanos) {
    Term term = terms.get(id);
    if (term == null || term.expiresAtNanos() <= nowNanos) {
      return Optional.empty();
    }
    terms.put(id, new Term(id, term.ttlSeconds(), expiry(term.ttlSeconds(), nowNanos)));
    return Optional.of(term.ttlSeconds());
  }

  /** Whole seconds a lease still has, rounded down as etcd does; nothing if it is unknown. */
  public Optional<Long> remainingSeconds(long id, long nowNanos) {
    return Optional.ofNullable(terms.get(id))
        .map(term -> Math.max(0, (term.expiresAtNanos() - nowNanos) / NANOS_PER_SECOND));
  }

  /** Takes out the leases that have run out, at most so many; each is returned once. */
  public List<Long> takeExpired(long nowNanos, int countMax) {
    List<Long> expired = new ArrayList<>();
    while (expired.size() < countMax
        && !postponed.isEmpty()
        && postponed.element().expiresAtNanos() <= nowNanos) {
      long id = postponed.remove().id();
      if (terms.containsKey(id)) {
        expired.add(id);
      }
    }
    settle();
    while (expired.size() < countMax
        && !byExpiry.isEmpty()
        && byExpiry.element().expiresAtNanos() <= nowNanos) {
      expired.add(byExpiry.remove().id());
      settle();
    }
    return expired;
  }

  /** When the next lease runs out, in the nanoseconds of {@code now}; nothing if none is left. */
  public Optional<Long> nextExpiryNanos() {
    settle();
    return Optional.ofNullable(byExpiry.peek()).map(Term::expiresAtNanos);
  }

  /** Brings to the top the lease that really is the next to run out. */
  private void settle() {
    while (!byExpiry.isEmpty()) {
      Term top = byExpiry.element();
      Term current = terms.get(top.id());
      if (top.equals(current)) {
        return;
      }
      byExpiry.remove();
      if (current != null) {
        byExpiry.add(current);
      }
    }
  }

  private static long expiry(long ttlSeconds, long nowNanos) {
    long ttlNanos = ttlSeconds * NANOS_PER_SECOND;
    return nowNanos + ttlNanos < nowNanos ? Long.MAX_VALUE : nowNanos + ttlNanos;
  }
}
