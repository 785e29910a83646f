package dev.remora.server.replica;

import dev.remora.server.raft.Entry;
import dev.remora.server.raft.HardState;
import java.util.List;

/**
 * What the log held when it was opened. All of it is durable.
 *
 * @param hardState the last one; its term is at least the mark's, its commit at least the mark's
 *     index and at most {@link #lastIndex}
 * @param mark the newest snapshot mark
 * @param entries the entries after the mark, without a gap
 */
public record Recovered(HardState hardState, SnapshotMark mark, List<Entry> entries) {
  public Recovered {
    entries = List.copyOf(entries);
  }

  /** The index that the first entry after the mark has, or will have. */
  public long firstIndex() {
    return mark.index() + 1;
  }

  /** The index of the last entry; the mark's if there is no entry after it. */
  public long lastIndex() {
    return mark.index() + entries.size();
  }
}
