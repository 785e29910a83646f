package dev.remora.server.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long the disk took to make the log durable, in the buckets of etcd's histogram of it. One
 * thread counts, any may read: a reader may find the newest one in some of the numbers only.
 */
public final class ForceTimes {
  /** Upper bounds of 1 ms × 2^k; beyond the last there is one bucket more. */
  static final int BOUNDS = 14;

  private static final long FIRST_BOUND_NANOS = 1_000_000;
  private static final double NANOS_A_SECOND = 1e9;

  private final AtomicLongArray counts = new AtomicLongArray(BOUNDS + 1);
  private final AtomicLong sumNanos = new AtomicLong();

  /** Nothing was forced yet. */
  public ForceTimes() {}

  /** One took so long. */
  void add(long nanos) {
    int bucket = bucket(Math.max(0, nanos));
    counts.lazySet(bucket, counts.get(bucket) + 1);
    sumNanos.lazySet(sumNanos.get() + nanos);
  }

  /** The first whose bound is not below. */
  private static int bucket(long nanos) {
    long bounds = nanos == 0 ? 0 : (nanos - 1) / FIRST_BOUND_NANOS;
    return Math.min(BOUNDS, Long.SIZE - Long.numberOfLeadingZeros(bounds));
  }

  /** The upper bounds of the buckets in seconds, the last of them infinite. */
  public static List<Double> bounds() {
    List<Double> bounds = new ArrayList<>();
    for (int i = 0; i < BOUNDS; i++) {
      bounds.add((FIRST_BOUND_NANOS << i) / NANOS_A_SECOND);
    }
    bounds.add(Double.POSITIVE_INFINITY);
    return List.copyOf(bounds);
  }

  /** How many lie in each bucket, and in none below it. */
  public List<Long> counts() {
    List<Long> read = new ArrayList<>();
    for (int i = 0; i <= BOUNDS; i++) {
      read.add(counts.get(i));
    }
    return List.copyOf(read);
  }

  /** All together, in seconds. */
  public double sumSeconds() {
    return sumNanos.get() / NANOS_A_SECOND;
  }
}
