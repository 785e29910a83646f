package dev.remora.server.storage;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps background work from taking a whole processor: after each piece it rests as long as the
 * piece took. Clients would otherwise wait for their turn behind it. For one thread.
 */
final class Pace {
  /** A piece that took longer has waited for the disk, which was rest enough. */
  static final long REST_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(20);

  private long startNanos = System.nanoTime();

  /** Rests after a piece of work; to be called before each next one. */
  void rest() {
    LockSupport.parkNanos(Math.min(System.nanoTime() - startNanos, REST_NANOS_MAX));
    startNanos = System.nanoTime();
  }
}
