package dev.remora.server.notice;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * Warnings of one kind: some at once, then silence until a while has passed, and then how many were
 * left out. Thread-safe.
 */
public final class Notices {
  /** Written at once. */
  static final int BURST = 10;

  /** After so long as many are written again. */
  static final Duration PAUSE = Duration.ofMinutes(1);

  private final Logger log;
  private final LongSupplier nanos;
  private long begunNanos;
  private int written;
  private long leftOut;

  /** To a log. */
  public Notices(Logger log) {
    this(log, System::nanoTime);
  }

  Notices(Logger log, LongSupplier nanos) {
    this.log = log;
    this.nanos = nanos;
    this.begunNanos = nanos.getAsLong();
  }

  /** Writes a warning, or counts it as left out. */
  public void warn(String text) {
    long before;
    synchronized (this) {
      long now = nanos.getAsLong();
      if (now - begunNanos >= PAUSE.toNanos()) {
        begunNanos = now;
        written = 0;
      }
      if (written >= BURST) {
        leftOut++;
        return;
      }
      written++;
      before = leftOut;
      leftOut = 0;
    }
    if (before > 0) {
      log.warn("{} ({} like this were not written before)", text, before);
    } else {
      log.warn("{}", text);
    }
  }
}
