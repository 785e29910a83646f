package dev.remora.server.storage;

import java.time.Duration;

/** Where a {@link WriteAheadLog} works. A simulation has its own. */
public interface LogThreads extends AutoCloseable {
  /** Runs a task on the thread that writes and flushes; in order. From any thread. */
  void write(Runnable task);

  /** Runs a task on the thread that makes and removes segments, not before the delay is over. */
  void prepare(Runnable task, Duration delay);

  /** A clock that only goes forward. */
  long nanoTime();

  /** Runs what {@link #write} was given, drops delayed tasks, and waits for both threads' end. */
  @Override
  void close();
}
