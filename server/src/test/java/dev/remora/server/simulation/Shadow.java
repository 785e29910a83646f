package dev.remora.server.simulation;

import dev.remora.server.raft.ConfState;
import dev.remora.server.raft.HardState;
import dev.remora.server.storage.DurableLog;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the checks know of one member, from what it has handed to its log, disk and network. */
final class Shadow {
  final long id;
  final LogShadow log = new LogShadow();
  HardState hard = HardState.INITIAL;
  long applied;

  /** The hash of all that was applied. */
  long chain;

  ConfState conf = ConfState.EMPTY;
  Quorum quorum = Quorum.NONE;

  /**
   * Those that were in force since the log was last told of a commit: it is told late, and a leader
   * counts by the configuration it has applied when it counts.
   */
  final List<Quorum> quorumsSinceCommit = new ArrayList<>();

  /** The term it is known to have led last; 0 for none. */
  long ledTerm;

  /** What is on its disk, or was when it was lost; null before its first start. */
  @Nullable DurableLog durable;

  /** The newest hard state that was seen on its disk. */
  HardState forced = HardState.INITIAL;

  Shadow(long id) {
    this.id = id;
  }

  boolean leads() {
    return ledTerm != 0 && ledTerm == hard.term();
  }

  void setConf(ConfState next) {
    conf = next;
    quorumsSinceCommit.add(quorum);
    quorum = Quorum.of(next);
  }

  @Override
  public String toString() {
    return "member %d (%s, log %d..%d, applied %d)"
        .formatted(id, hard, log.base(), log.last(), applied);
  }
}
