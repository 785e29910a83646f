package dev.remora.server.raft;

import dev.remora.server.raft.Message.AppendResponse;
import dev.remora.server.raft.progress.Progress;

/**
 * How a leader leaves that has no vote any more. It leads on until a quorum of those who stay knows
 * that its removal is committed, and hands over to one of them.
 *
 * <p>A member brings a change into force when it knows that it is committed, as in etcd. If the
 * leader stepped down as soon as it knows (Raft dissertation §4.2.2), the others might still count
 * by a configuration that needs its vote, which it refuses to whose log is shorter: nobody could be
 * elected any more.
 */
final class Farewell {
  private final Member member;
  private final Roles roles;
  private final Reads reads;
  private final Feeder feeder;

  Farewell(Member member, Roles roles, Reads reads, Feeder feeder) {
    this.member = member;
    this.roles = roles;
    this.reads = reads;
    this.feeder = feeder;
  }

  /** The leader has brought a configuration into force in which it has no vote. */
  void begin() {
    Leadership leadership = member.leadership;
    // What has left in this turn tells the commit index already: it was known the turn before.
    leadership.leavingSinceTurn = reads.turn();
    leadership.leavingAtIndex = member.log.committed();
    leadership.informed.clear();
    feeder.broadcastAppend();
  }

  /** The leader has its vote back. */
  void abort() {
    member.leadership.leavingSinceTurn = 0;
  }

  /** A member has answered an append. */
  void answered(Progress from, AppendResponse response) {
    Leadership leadership = member.leadership;
    boolean isInformed =
        isLeaving()
            && !response.rejected()
            && response.readPosition() >= leadership.leavingSinceTurn
            && response.index() >= leadership.leavingAtIndex;
    if (isInformed && leadership.informed.add(from.id())) {
      leaveIfKnown();
    }
  }

  /** A member has answered a heartbeat: what has told it may be lost. */
  void heard(Progress from) {
    if (isLeaving() && !member.leadership.informed.contains(from.id())) {
      feeder.append(from, true);
    }
  }

  private boolean isLeaving() {
    return member.isLeader() && member.leadership.leavingSinceTurn != 0;
  }

  private void leaveIfKnown() {
    if (member.tracker.quorum().committed(id -> isInformed(id) ? 1 : 0) == 0) {
      return;
    }
    Progress successor = null;
    for (int i = 0; i < member.tracker.size(); i++) {
      Progress candidate = member.tracker.at(i);
      boolean mayLead =
          member.tracker.quorum().contains(candidate.id()) && isInformed(candidate.id());
      if (mayLead && (successor == null || candidate.match() > successor.match())) {
        successor = candidate;
      }
    }
    if (successor != null) {
      feeder.timeoutNow(successor);
    }
    roles.becomeFollower(member.term, 0);
  }

  private boolean isInformed(long id) {
    return member.leadership.informed.contains(id);
  }
}
