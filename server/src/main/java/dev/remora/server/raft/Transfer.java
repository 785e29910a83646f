package dev.remora.server.raft;

import dev.remora.server.raft.progress.Progress;
import java.util.OptionalLong;

/**
 * Hands the leadership over (Raft dissertation §3.10): takes no proposals, waits until the other
 * has the whole log, tells it to campaign. Given up after one election timeout.
 */
final class Transfer {
  private final Member member;
  private final Feeder feeder;

  Transfer(Member member, Feeder feeder) {
    this.member = member;
    this.feeder = feeder;
  }

  /** The leader is to hand over to this member. */
  void start(Progress to) {
    Leadership leadership = member.leadership;
    if (to.isLearner() || leadership.transferee == to.id()) {
      return;
    }
    leadership.transferee = 0;
    if (to.id() == member.id()) {
      return;
    }
    member.timers.restartElection();
    leadership.transferee = to.id();
    if (to.match() == member.log.lastIndex()) {
      feeder.timeoutNow(to);
    } else {
      feeder.append(to, true);
    }
  }

  /**
   * The leader is to hand over to the voter whose log is nearest to its own, of those it hears.
   *
   * @return whose; nothing if there is none
   */
  OptionalLong startToNearest() {
    Progress nearest = null;
    for (int i = 0; i < member.tracker.size(); i++) {
      Progress peer = member.tracker.at(i);
      boolean mayLead = peer.id() != member.id() && peer.isActive() && !peer.isLearner();
      if (mayLead && (nearest == null || peer.match() > nearest.match())) {
        nearest = peer;
      }
    }
    if (nearest == null) {
      return OptionalLong.empty();
    }
    start(nearest);
    return OptionalLong.of(nearest.id());
  }

  /** This member's log agrees up to a new place. */
  void caughtUp(Progress with) {
    if (member.leadership.transferee == with.id() && with.match() == member.log.lastIndex()) {
      feeder.timeoutNow(with);
    }
  }

  /** Leads on. */
  void abort() {
    member.leadership.transferee = 0;
  }
}
