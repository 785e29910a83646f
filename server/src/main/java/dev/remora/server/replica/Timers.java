package dev.remora.server.replica;

import java.time.Duration;

/** Has things done again and again on the replica's loop. */
public interface Timers {
  /** Begins, an interval from now, until the process ends. Called on the loop. */
  void every(Duration interval, Runnable task);
}
