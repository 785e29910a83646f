package dev.remora.agent.runner;

/** The time that no one can set. */
final class Clock {
  private Clock() {}

  /** Milliseconds since some moment, never going back. */
  static long millis() {
    return System.nanoTime() / 1_000_000;
  }
}
