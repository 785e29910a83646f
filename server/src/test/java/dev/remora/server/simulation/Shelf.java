package dev.remora.server.simulation;

import dev.remora.server.raft.ConfState;
import dev.remora.server.raft.SnapshotMeta;
import java.util.TreeMap;

/** The durable snapshots of one member that has numbers for a state. */
final class Shelf {
  private final TreeMap<Long, Snapshot> snapshots = new TreeMap<>();

  /**
   * One of them.
   *
   * @param chain the hash of everything applied up to there, which is all of its content
   */
  record Snapshot(SnapshotMeta meta, long chain) {}

  /** Begins with what a member has before its first entry. */
  Shelf(ConfState initial) {
    put(new Snapshot(new SnapshotMeta(0, 0, initial), 0));
  }

  void put(Snapshot snapshot) {
    snapshots.put(snapshot.meta().index(), snapshot);
  }

  Snapshot at(long index) {
    Snapshot found = snapshots.get(index);
    if (found == null) {
      throw new IllegalStateException("there is no snapshot at " + index);
    }
    return found;
  }
}
