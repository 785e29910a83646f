package dev.remora.server.simulation;

/** A hash of numbers that depends on their order; the same in every JVM. */
final class Mix {
  private Mix() {}

  static long of(long hash, long value) {
    long x = (hash ^ value) * 0x9E3779B97F4A7C15L;
    return (x ^ (x >>> 32)) * 0xD6E8FEB86659FD93L;
  }
}
