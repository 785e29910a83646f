package dev.remora.server.replica;

/** The two clocks of a member. */
public interface Clocks {
  /** Nanoseconds since 1970; may jump. For v2's TTL only. */
  long wallNanos();

  /** Nanoseconds that only go forward, of any origin. */
  long monotonicNanos();
}
