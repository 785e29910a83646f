package dev.remora.server.replica;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Decides when to compact by age or by count, as etcd's {@code --auto-compaction-mode} does. To be
 * asked regularly, at least twice a second. Not thread-safe.
 */
public sealed interface AutoCompaction {
  /**
   * The revision to compact to, if it is time.
   *
   * @param nowNanos by a clock that only goes forward
   * @param revision the newest revision
   */
  Optional<Long> due(long nowNanos, long revision);

  /** Keeps everything. */
  static AutoCompaction none() {
    return new KeepAll();
  }

  /**
   * Keeps what was the newest at any time of the last {@code age}. Looks back each hour, or each
   * {@code age} if that is shorter; so up to as much again is kept. What happened before the first
   * question counts as of then.
   */
  static AutoCompaction ofAge(Duration age) {
    return new KeepAge(age);
  }

  /** Keeps so many revisions; looks every five minutes. */
  static AutoCompaction ofRevisions(long count) {
    return new KeepRevisions(count);
  }

  /** See {@link #none}. */
  final class KeepAll implements AutoCompaction {
    private KeepAll() {}

    @Override
    public Optional<Long> due(long nowNanos, long revision) {
      return Optional.empty();
    }
  }

  /** See {@link #ofAge}. */
  final class KeepAge implements AutoCompaction {
    private static final long INTERVAL_NANOS_MAX = Duration.ofHours(1).toNanos();
    private static final int SAMPLES_AN_INTERVAL = 10;
    private static final int SAMPLES_MAX = 1_000;

    private final long ageNanos;
    private final long intervalNanos;
    private final long samplingNanos;

    /** The first is the newest of those that are old enough, if one is; at most a few more. */
    private final Deque<Sample> samples = new ArrayDeque<>();

    private boolean hasCompacted;
    private long compactedAtNanos;

    private record Sample(long atNanos, long revision) {}

    private KeepAge(Duration age) {
      this.ageNanos = age.toNanos();
      this.intervalNanos = Math.min(ageNanos, INTERVAL_NANOS_MAX);
      this.samplingNanos = Math.max(intervalNanos / SAMPLES_AN_INTERVAL, ageNanos / SAMPLES_MAX);
    }

    @Override
    public Optional<Long> due(long nowNanos, long revision) {
      sample(nowNanos, revision);
      Sample oldest = samples.element();
      boolean isEarly = hasCompacted && nowNanos - compactedAtNanos < intervalNanos;
      if (isEarly || nowNanos - oldest.atNanos() < ageNanos) {
        return Optional.empty();
      }
      hasCompacted = true;
      compactedAtNanos = nowNanos;
      return Optional.of(oldest.revision());
    }

    private void sample(long nowNanos, long revision) {
      if (samples.isEmpty() || nowNanos - samples.getLast().atNanos() >= samplingNanos) {
        samples.add(new Sample(nowNanos, revision));
      }
      Sample first = samples.remove();
      while (!samples.isEmpty() && nowNanos - samples.element().atNanos() >= ageNanos) {
        first = samples.remove();
      }
      samples.addFirst(first);
    }
  }

  /** See {@link #ofRevisions}. */
  final class KeepRevisions implements AutoCompaction {
    private static final long INTERVAL_NANOS = Duration.ofMinutes(5).toNanos();

    private final long count;
    private boolean hasBegun;
    private long lookedAtNanos;

    private KeepRevisions(long count) {
      this.count = count;
    }

    @Override
    public Optional<Long> due(long nowNanos, long revision) {
      if (!hasBegun) {
        hasBegun = true;
        lookedAtNanos = nowNanos;
      }
      if (nowNanos - lookedAtNanos < INTERVAL_NANOS) {
        return Optional.empty();
      }
      lookedAtNanos = nowNanos;
      return revision > count ? Optional.of(revision - count) : Optional.empty();
    }
  }
}
