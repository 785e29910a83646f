package dev.remora.server.raft.quorum;

import dev.remora.server.raft.quorum.MajorityQuorum.Ballots;
import dev.remora.server.raft.quorum.MajorityQuorum.Reached;
import java.util.List;

/**
 * A majority of the incoming and one of the outgoing voters (Raft dissertation §4.3). Outside of a
 * joint configuration there are no outgoing voters, and only the incoming count.
 */
public final class JointQuorum {
  private final MajorityQuorum incoming;
  private final MajorityQuorum outgoing;

  /** Of these two halves; the outgoing one may be empty. */
  public JointQuorum(List<Long> incoming, List<Long> outgoing) {
    this.incoming = new MajorityQuorum(incoming);
    this.outgoing = new MajorityQuorum(outgoing);
  }

  /** The half that stays when the joint configuration is left. */
  public MajorityQuorum incoming() {
    return incoming;
  }

  /** The half that goes. */
  public MajorityQuorum outgoing() {
    return outgoing;
  }

  /** Whether this member votes in either half. */
  public boolean contains(long id) {
    return incoming.contains(id) || outgoing.contains(id);
  }

  /** Whether this member's word alone decides. */
  public boolean isOnly(long id) {
    return incoming.size() == 1 && outgoing.size() == 0 && incoming.contains(id);
  }

  /** The highest index that both halves have reached. */
  public long committed(Reached reached) {
    return Math.min(incoming.committed(reached), outgoing.committed(reached));
  }

  /** How both halves together have decided: one lost is lost. */
  public VoteResult result(Ballots ballots) {
    VoteResult in = incoming.result(ballots);
    VoteResult out = outgoing.result(ballots);
    if (in == out) {
      return in;
    }
    return in == VoteResult.LOST || out == VoteResult.LOST ? VoteResult.LOST : VoteResult.PENDING;
  }
}
