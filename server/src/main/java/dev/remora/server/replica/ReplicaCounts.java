package dev.remora.server.replica;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What a replica counts, for its metrics and its own bounds. Any thread. */
public final class ReplicaCounts {
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong leaderChanges = new AtomicLong();

  ReplicaCounts() {}

  void proposed() {
    waiting.incrementAndGet();
  }

  void answered() {
    waiting.decrementAndGet();
  }

  void gaveUp() {
    waiting.decrementAndGet();
    failed.incrementAndGet();
  }

  void led(long leader, long before) {
    if (leader != 0 && leader != before) {
      leaderChanges.incrementAndGet();
    }
  }

  /** How many proposals wait for their outcome. */
  public int waiting() {
    return waiting.get();
  }

  /** How many proposals were given up since the start: refused, lost, or too late. */
  public long failed() {
    return failed.get();
  }

  /** How often another leader was seen since the start. */
  public long leaderChanges() {
    return leaderChanges.get();
  }
}
