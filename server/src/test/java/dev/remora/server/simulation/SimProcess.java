package dev.remora.server.simulation;

/**
 * A member's process: what it plans happens only if it still runs then, and while it is paused
 * everything piles up.
 */
final class SimProcess {
  private final Scheduler scheduler;
  private boolean isUp;
  private long boot;
  private long pausedUntilMicros;

  SimProcess(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  boolean isUp() {
    return isUp;
  }

  /** How often it was started. */
  long boot() {
    return boot;
  }

  boolean isPaused() {
    return scheduler.nowMicros() < pausedUntilMicros;
  }

  void start() {
    isUp = true;
    boot++;
    pausedUntilMicros = 0;
  }

  void end() {
    isUp = false;
  }

  void pause(long micros) {
    pausedUntilMicros = scheduler.nowMicros() + micros;
  }

  void resume() {
    pausedUntilMicros = scheduler.nowMicros();
  }

  /** Plans something on this process. */
  void after(long delayMicros, Runnable task) {
    long planned = boot;
    scheduler.after(delayMicros, () -> run(planned, task));
  }

  /** Does something at once, or when a pause ends. */
  void now(Runnable task) {
    run(boot, task);
  }

  private void run(long planned, Runnable task) {
    if (!isUp || boot != planned) {
      return;
    }
    if (isPaused()) {
      scheduler.at(pausedUntilMicros, () -> run(planned, task));
    } else {
      task.run();
    }
  }
}
