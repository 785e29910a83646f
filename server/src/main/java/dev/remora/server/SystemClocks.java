package dev.remora.server;

import dev.remora.server.replica.Clocks;
import java.time.Instant;

/** The clocks of the machine. */
final class SystemClocks implements Clocks {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  @Override
  public long wallNanos() {
    Instant now = Instant.now();
    return now.getEpochSecond() * NANOS_PER_SECOND + now.getNano();
  }

  @Override
  public long monotonicNanos() {
    return System.nanoTime();
  }
}
