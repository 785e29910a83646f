package dev.remora.server.mvcc;

import java.util.ArrayList;
import java.util.List;

/** A history that is being put together by one thread; much cheaper than one change at a time. */
final class HistoryBuilder {
  private final long first;
  private final List<Change[]> chunks = new ArrayList<>();
  private long end;

  /** Begins with the sequence number of the oldest change. */
  HistoryBuilder(long first) {
    this.first = first;
    this.end = first;
  }

  /** See {@link History#end}. */
  long end() {
    return end;
  }

  /** Adds the next change. */
  void add(Change change) {
    int chunk = (int) (end / History.CHUNK - first / History.CHUNK);
    if (chunk == chunks.size()) {
      chunks.add(new Change[History.CHUNK]);
    }
    chunks.get(chunk)[(int) (end % History.CHUNK)] = change;
    end++;
  }

  /** A change that was added; its sequence number must be in the history. */
  Change at(long sequence) {
    return chunks
        .get((int) (sequence / History.CHUNK - first / History.CHUNK))[
        (int) (sequence % History.CHUNK)];
  }

  /** The history; nothing may be added any more. */
  History build() {
    return new History(chunks.toArray(new Change[0][]), first, end);
  }
}
