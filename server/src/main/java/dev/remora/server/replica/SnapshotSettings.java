package dev.remora.server.replica;

import java.time.Duration;

/**
 * When a member makes a snapshot.
 *
 * @param entriesMax after so many entries since the last one
 * @param logBytesMax or after so many bytes of entries
 * @param entriesKept so many entries before it stay in the log, for members that lag behind
 * @param retryDelay how long after a failure it is not tried again
 */
public record SnapshotSettings(
    long entriesMax, long logBytesMax, int entriesKept, Duration retryDelay) {
  private static final long LOG_BYTES = 128L << 20;
  private static final int ENTRIES_KEPT = 10_000;

  public SnapshotSettings {
    if (entriesMax < 1 || logBytesMax < 1 || entriesKept < 0) {
      throw new IllegalArgumentException(
          "a snapshot after %d entries or %d bytes, %d kept"
              .formatted(entriesMax, logBytesMax, entriesKept));
    }
  }

  /** The usual: also after 128 MiB, 10 000 entries kept. */
  public static SnapshotSettings every(long entries) {
    return new SnapshotSettings(entries, LOG_BYTES, ENTRIES_KEPT, Duration.ofSeconds(30));
  }
}
