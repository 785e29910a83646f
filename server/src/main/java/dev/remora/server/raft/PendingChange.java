package dev.remora.server.raft;

/**
 * Whether a change of the configuration may be proposed: one at a time (Raft dissertation §4.1).
 *
 * <p>A new leader takes all that it finds in its log for a change that is not yet applied, so that
 * it proposes none before what others may have proposed is settled.
 */
class PendingChange {
  private final Member member;

  PendingChange(Member member) {
    this.member = member;
  }

  /**
   * Whether a change fits now.
   *
   * @param isLeave whether it leaves the joint configuration
   */
  boolean isFit(boolean isLeave) {
    boolean isPending = member.leadership.pendingConfIndex > member.log.applied();
    return !isPending && member.tracker.conf().isJoint() == isLeave;
  }
}
