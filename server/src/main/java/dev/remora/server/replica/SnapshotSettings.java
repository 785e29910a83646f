package dev.remora.server.replica;

import java.time.Duration;

/**
 * When a member makes a snapshot.
 *
 * @param entriesMax after so many entries since the last one, but if that one was large, not before
 *     the log has grown by its size: a snapshot holds the whole history, and would otherwise soon
 *     cost more than the writes it is made for
 * @param logBytesMax or after so many bytes of entries in any case
 * @param smallBytesMax a snapshot up to this size is not large
 * @param entriesKept so many entries before it stay in the log, for members that lag behind
 * @param retryDelay how long after a failure it is not tried again
 */
public record SnapshotSettings(
    long entriesMax, long logBytesMax, long smallBytesMax, int entriesKept, Duration retryDelay) {
  private static final long LOG_BYTES = 128L << 20;
  private static final long SMALL_BYTES = 16L << 20;
  private static final int ENTRIES_KEPT = 10_000;

  public SnapshotSettings {
    if (entriesMax < 1 || logBytesMax < 1 || smallBytesMax < 0 || entriesKept < 0) {
      throw new IllegalArgumentException(
          "a snapshot after %d entries or %d bytes, small up to %d, %d kept"
              .formatted(entriesMax, logBytesMax, smallBytesMax, entriesKept));
    }
  }

  /** The usual: also after 128 MiB, small up to 16 MiB, so many entries kept, at most 10 000. */
  public static SnapshotSettings every(long entries) {
    return new SnapshotSettings(
        entries,
        LOG_BYTES,
        SMALL_BYTES,
        (int) Math.min(entries, ENTRIES_KEPT),
        Duration.ofSeconds(30));
  }
}
