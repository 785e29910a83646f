package dev.remora.server.storage;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Two platform threads: a virtual one would pin its carrier for as long as the disk takes. Neither
 * may be interrupted, since that closes the file channel it is in. The second has no lower
 * priority: the JVM ignores priorities on Linux. It is kept meek by what it does, one portion at a
 * time.
 */
final class PlatformLogThreads implements LogThreads {
  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("wal").factory());
  private final ScheduledThreadPoolExecutor preparer =
      new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().name("wal-prepare").factory());

  PlatformLogThreads() {
    preparer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    preparer.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy()); // Once closed.
  }

  @Override
  public void write(Runnable task) {
    writer.execute(task);
  }

  @Override
  public void prepare(Runnable task, Duration delay) {
    // The task reports its own failures.
    ScheduledFuture<?> _ = preparer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public void close() {
    preparer.close(); // First: it may still hand a segment to the writer.
    writer.close();
  }
}
