package dev.remora.torture.network;

import java.time.Duration;

/** What becomes of the bytes from one member to another. Thread-safe. */
final class Link {
  private boolean isCut;
  private boolean isRefusing;
  private long delayNanos;
  private int flips;

  /** From now on bytes are held back. None is lost: TCP would send them again. */
  synchronized void cut() {
    isCut = true;
  }

  /** From now on connections are reset. */
  synchronized void refuse() {
    isRefusing = true;
  }

  /** From now on each piece arrives this much later, in order. */
  synchronized void delay(Duration delay) {
    delayNanos = delay.toNanos();
  }

  /** One bit of the next piece will be wrong. */
  synchronized void flipOneBit() {
    flips++;
  }

  /** As new. */
  synchronized void heal() {
    isCut = false;
    isRefusing = false;
    delayNanos = 0;
    flips = 0;
    notifyAll();
  }

  synchronized boolean isRefusing() {
    return isRefusing;
  }

  /** Waits until a piece that was sent at this time may arrive. */
  void await(long sentNanos) throws InterruptedException {
    long delay;
    synchronized (this) {
      while (isCut) {
        wait();
      }
      delay = delayNanos;
    }
    long left = sentNanos + delay - System.nanoTime();
    if (delay > 0 && left > 0) {
      Thread.sleep(Duration.ofNanos(left));
    }
  }

  /** Changes a piece if that was asked for. */
  synchronized void spoil(byte[] piece) {
    if (flips > 0) {
      flips--;
      piece[piece.length / 2] ^= 0x10;
    }
  }
}
