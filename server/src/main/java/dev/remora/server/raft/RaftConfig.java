package dev.remora.server.raft;

/**
 * How a core behaves. Times are in ticks, one tick the heartbeat's interval unless said otherwise.
 *
 * @param id the member's own, not 0
 * @param electionTicks without a word of a leader until an election; randomised up to twice it
 * @param heartbeatTicks between heartbeats; less than {@code electionTicks}
 * @param preVote whether an election is preceded by a question (dissertation §9.6)
 * @param checkQuorum whether a leader that hears no quorum steps down, and votes are refused while
 *     there is a leader (dissertation §6.2, §4.2.3)
 * @param leaseReads whether reads are served by the leader's lease, with no round; needs {@code
 *     checkQuorum}
 * @param messageBytesMax most bytes of entries in one message, each counted with a few bytes more
 *     than its payload; one entry always fits
 * @param inflightMessagesMax most messages under way to a follower
 * @param inflightBytesMax most bytes of payload under way to a follower; 0 for no bound
 * @param uncommittedBytesMax most bytes of payload that may wait to be committed and applied;
 *     beyond it proposals are refused
 * @param applyBytesMax most bytes of entries handed out and not yet applied, counted likewise; one
 *     entry always may be
 * @param onRemoval what a leader does once a configuration is applied in which it has no vote
 * @param disableProposalForwarding whether a follower refuses proposals
 */
public record RaftConfig(
    long id,
    int electionTicks,
    int heartbeatTicks,
    boolean preVote,
    boolean checkQuorum,
    boolean leaseReads,
    long messageBytesMax,
    int inflightMessagesMax,
    long inflightBytesMax,
    long uncommittedBytesMax,
    long applyBytesMax,
    OnRemoval onRemoval,
    boolean disableProposalForwarding) {
  /** What a leader does that has no vote any more. The first two are etcd's. */
  public enum OnRemoval {
    /** It leads until somebody else does. */
    LEAD_ON,
    /** It steps down at once. */
    STEP_DOWN,
    /** It leads until a quorum of the others knows, then hands over. */
    HAND_OVER
  }

  public RaftConfig {
    if (id == 0) {
      throw new IllegalArgumentException("a member's id is not 0");
    }
    if (heartbeatTicks < 1 || electionTicks <= heartbeatTicks) {
      throw new IllegalArgumentException(
          "election timeout " + electionTicks + ", heartbeat " + heartbeatTicks);
    }
    if (inflightMessagesMax < 1 || messageBytesMax < 0) {
      throw new IllegalArgumentException(
          "in flight " + inflightMessagesMax + ", message " + messageBytesMax);
    }
    if (leaseReads && !checkQuorum) {
      throw new IllegalArgumentException("lease reads need check-quorum");
    }
  }

  /** As it is used: everything on that makes it safe, and no lease reads. */
  public static RaftConfig of(long id, int electionTicks) {
    return new RaftConfig(
        id,
        electionTicks,
        1,
        true,
        true,
        false,
        512 << 10,
        256,
        8 << 20,
        64 << 20,
        512 << 10,
        OnRemoval.HAND_OVER,
        false);
  }
}
