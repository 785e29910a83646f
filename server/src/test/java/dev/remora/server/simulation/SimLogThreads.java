package dev.remora.server.simulation;

import dev.remora.server.storage.LogThreads;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.random.RandomGenerator;

/**
 * The log's two threads in virtual time. What is written takes effect at the end of the time that
 * it takes; a crash before may cut it off in the middle.
 */
final class SimLogThreads implements LogThreads {
  private static final long PREPARE_MICROS_MAX = 20_000;

  private final Scheduler scheduler;
  private final SimProcess process;
  private final RandomGenerator random;
  private final long latencyMicrosMax;
  private final Deque<Runnable> writes = new ArrayDeque<>();
  private long writerFreeAtMicros;
  private long preparerFreeAtMicros;

  /** Belongs to one boot of a process. */
  SimLogThreads(
      Scheduler scheduler, SimProcess process, RandomGenerator random, long latencyMicrosMax) {
    this.scheduler = scheduler;
    this.process = process;
    this.random = random;
    this.latencyMicrosMax = latencyMicrosMax;
  }

  /** The disk does nothing for a while. */
  void stall(long micros) {
    writerFreeAtMicros = Math.max(writerFreeAtMicros, scheduler.nowMicros()) + micros;
  }

  /** Whether something is on its way to the disk. */
  boolean isWriting() {
    return !writes.isEmpty();
  }

  /** Does at once what is on its way, as far as the disk lets it. */
  void rush() {
    for (Runnable write = writes.poll(); write != null; write = writes.poll()) {
      write.run();
    }
  }

  @Override
  public void write(Runnable task) {
    long now = scheduler.nowMicros();
    writerFreeAtMicros = Math.max(now, writerFreeAtMicros) + 1 + random.nextLong(latencyMicrosMax);
    writes.add(task);
    process.after(writerFreeAtMicros - now, this::writeNext);
  }

  private void writeNext() {
    Runnable write = writes.poll();
    if (write != null) {
      write.run();
    }
  }

  @Override
  public void prepare(Runnable task, Duration delay) {
    long now = scheduler.nowMicros();
    preparerFreeAtMicros =
        Math.max(now + delay.toNanos() / 1_000, preparerFreeAtMicros)
            + random.nextLong(PREPARE_MICROS_MAX);
    process.after(preparerFreeAtMicros - now, task);
  }

  @Override
  public long nanoTime() {
    return scheduler.nowMicros() * 1_000;
  }

  @Override
  public void close() {}
}
