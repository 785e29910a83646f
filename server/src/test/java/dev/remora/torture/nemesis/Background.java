package dev.remora.torture.nemesis;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Does something again and again until it is stopped. */
final class Background {
  /** What is repeated. */
  interface Beat {
    /** Does it once and says how long to wait. */
    Duration beat();
  }

  private final CountDownLatch stop;
  private final Thread thread;

  private Background(CountDownLatch stop, Thread thread) {
    this.stop = stop;
    this.thread = thread;
  }

  static Background start(Beat beat) {
    CountDownLatch stop = new CountDownLatch(1);
    Thread thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                while (!stop.await(beat.beat().toMillis(), TimeUnit.MILLISECONDS)) {
                  // Until then.
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    return new Background(stop, thread);
  }

  /** Returns when the last beat is over: what it began is done whole. */
  void stop() {
    stop.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
