package dev.remora.torture.nemesis;

import java.time.Duration;

/** Does something again and again until it is stopped. */
final class Background {
  /** What is repeated. */
  interface Beat {
    /** Does it once and says how long to wait. */
    Duration beat();
  }

  private final Thread thread;

  private Background(Thread thread) {
    this.thread = thread;
  }

  static Background start(Beat beat) {
    return new Background(
        Thread.ofVirtual()
            .start(() -> {
              try {
                while (!Thread.currentThread().isInterrupted()) {
                  Thread.sleep(beat.beat());
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            }));
  }

  /** Returns when the last beat is over. */
  void stop() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
