package dev.remora.server.replica;

import dev.remora.server.mvcc.History;
import dev.remora.server.mvcc.Keyspace;
import java.util.Optional;

/**
 * How much history a member keeps before it compacts unasked.
 *
 * @param changesMax most changes
 * @param bytesMax most bytes that versions take which are no longer the newest, about
 */
public record HistoryBounds(long changesMax, long bytesMax) {
  /** A million changes or 256 MiB. */
  public static final HistoryBounds DEFAULT = new HistoryBounds(1_000_000, 256L << 20);

  public HistoryBounds {
    if (changesMax < 2 || bytesMax < 1) {
      throw new IllegalArgumentException("bounds of " + changesMax + " and " + bytesMax);
    }
  }

  /** The usual, but never more than half of what the heap has for the state. */
  public static HistoryBounds forHeap(long stateBytesMax) {
    return new HistoryBounds(DEFAULT.changesMax(), Math.min(DEFAULT.bytesMax(), stateBytesMax / 2));
  }

  /** The revision to compact to if a bound is passed: half of the history is let go. */
  Optional<Long> compactTo(Keyspace keyspace) {
    History history = keyspace.history();
    boolean isPassed =
        history.size() > changesMax || keyspace.totalBytes() - keyspace.liveBytes() > bytesMax;
    if (!isPassed || history.size() < 2) {
      return Optional.empty();
    }
    long middle = history.at(history.first() + history.size() / 2).modRevision();
    return middle > keyspace.compactRevision() ? Optional.of(middle) : Optional.empty();
  }
}
