package dev.remora.server.simulation;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** A thread of a process in virtual time: does one thing after the other, each after a while. */
final class SimExecutor extends AbstractExecutorService {
  private final Scheduler scheduler;
  private final SimProcess process;
  private final RandomGenerator random;
  private final long delayMicrosMax;
  private long freeAtMicros;

  SimExecutor(
      Scheduler scheduler, SimProcess process, RandomGenerator random, long delayMicrosMax) {
    this.scheduler = scheduler;
    this.process = process;
    this.random = random;
    this.delayMicrosMax = delayMicrosMax;
  }

  @Override
  public void execute(Runnable task) {
    long now = scheduler.nowMicros();
    freeAtMicros = Math.max(freeAtMicros, now + random.nextLong(delayMicrosMax));
    process.after(freeAtMicros - now, task);
  }

  @Override
  public void shutdown() {}

  @Override
  public List<Runnable> shutdownNow() {
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return true;
  }

  @Override
  public boolean isTerminated() {
    return true;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return true;
  }
}
