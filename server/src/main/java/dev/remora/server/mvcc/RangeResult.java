package dev.remora.server.mvcc;

import java.util.List;

/** What a range read found. */
public sealed interface RangeResult {
  /**
   * An answer.
   *
   * @param versions what was found, in the order asked for; values are whole even for keys-only
   * @param count how many keys the range has at that revision, whatever the limit and the filters
   * @param hasMore whether the limit cut something off
   */
  record Found(List<Version> versions, long count, boolean hasMore) implements RangeResult {
    public Found {
      versions = List.copyOf(versions);
    }
  }

  /** The revision asked for lies below the last compaction. */
  record Compacted(long compactRevision) implements RangeResult {}

  /** The revision asked for has not happened yet. */
  record FutureRevision(long currentRevision) implements RangeResult {}
}
