package dev.remora.server.storage;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;

/** Both threads are the test's own, and run when it says so. */
final class ManualLogThreads implements LogThreads {
  private final Queue<Runnable> writes = new ArrayDeque<>();
  private final Queue<Runnable> preparations = new ArrayDeque<>();
  private final Queue<Runnable> delayed = new ArrayDeque<>();
  private long nanos;

  @Override
  public void write(Runnable task) {
    writes.add(task);
  }

  @Override
  public void prepare(Runnable task, Duration delay) {
    (delay.isZero() ? preparations : delayed).add(task);
  }

  @Override
  public long nanoTime() {
    return nanos;
  }

  /** Lets time pass; what was delayed is due. */
  void advance(Duration duration) {
    nanos += duration.toNanos();
    preparations.addAll(delayed);
    delayed.clear();
  }

  /** Runs what is to be written, but prepares nothing. */
  void runWrites() {
    for (Runnable task = writes.poll(); task != null; task = writes.poll()) {
      task.run();
    }
  }

  /** Runs everything that is due. */
  void run() {
    runWrites();
    for (Runnable task = preparations.poll(); task != null; task = preparations.poll()) {
      task.run();
      runWrites();
    }
  }

  @Override
  public void close() {
    runWrites();
    preparations.clear();
    delayed.clear();
  }
}
