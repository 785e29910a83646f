package dev.remora.server.simulation;

import dev.remora.server.raft.Entry;
import dev.remora.server.raft.RaftConfig;
import java.util.List;

/** What must stay small. */
final class BoundChecks {
  private final RaftConfig bounds;

  /** The bounds are the same for all members. */
  BoundChecks(RaftConfig bounds) {
    this.bounds = bounds;
  }

  void messageIsBounded(Shadow member, List<Entry> entries) {
    check(member, "sends", entries, bounds.messageBytesMax());
  }

  void applyIsBounded(Shadow member, List<Entry> entries) {
    check(member, "applies", entries, bounds.applyBytesMax());
  }

  private static void check(Shadow member, String does, List<Entry> entries, long bytesMax) {
    if (entries.size() < 2) {
      return;
    }
    long bytes = 0;
    for (Entry entry : entries) {
      bytes += entry.payload().size();
    }
    if (bytes > bytesMax) {
      throw new Violation(
          Invariant.BOUNDS_HOLD,
          "%s %s %d entries of %d bytes at once".formatted(member, does, entries.size(), bytes));
    }
  }

  /**
   * What a leader has taken and not yet committed.
   *
   * @param beginning where the log ended when its term began
   * @param slack bytes of the last proposals, which may be too many by one, and of the entries from
   *     before its term: as these are committed, the leader counts them off what it has taken
   */
  void uncommittedIsBounded(Shadow leader, long beginning, long slack) {
    long from = Math.max(leader.hard.commit(), beginning);
    long bytes = leader.log.bytes(leader.log.last()) - leader.log.bytes(from);
    if (bytes > bounds.uncommittedBytesMax() + slack) {
      throw new Violation(Invariant.BOUNDS_HOLD, leader + " has " + bytes + " uncommitted bytes");
    }
  }
}
