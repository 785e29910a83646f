package dev.remora.server.raft;

import dev.remora.server.raft.membership.Changer;
import dev.remora.server.raft.progress.Progress;
import java.util.List;

/** Brings committed changes of the configuration into force (Raft dissertation §4). */
final class Reconfiguration {
  private static final ConfChange LEAVE =
      new ConfChange(ConfChange.Transition.AUTO, List.of(), Payload.EMPTY);

  private final Member member;
  private final Roles roles;
  private final Farewell farewell;
  private final Replication replication;
  private final Feeder feeder;
  private final Transfer transfer;
  private final Proposals proposals;

  Reconfiguration(
      Member member,
      Roles roles,
      Farewell farewell,
      Replication replication,
      Feeder feeder,
      Transfer transfer,
      Proposals proposals) {
    this.member = member;
    this.roles = roles;
    this.farewell = farewell;
    this.replication = replication;
    this.feeder = feeder;
    this.transfer = transfer;
    this.proposals = proposals;
  }

  ConfState apply(ConfChange change) {
    switch (Changer.apply(member.tracker.conf(), change)) {
      case Changer.Result.Unfit(String reason) ->
          throw new IllegalStateException("committed configuration change: " + reason);
      case Changer.Result.Changed changed -> {
        long next = Math.max(member.log.lastIndex(), 1);
        member.tracker.reconfigure(changed.conf(), changed.renewed(), next);
      }
    }
    if (member.isLeader()) {
      leadOn();
    }
    return member.tracker.conf();
  }

  private void leadOn() {
    Progress self = member.self();
    if (self == null || self.isLearner()) {
      switch (member.config.onRemoval()) {
        case LEAD_ON -> {}
        case STEP_DOWN -> roles.becomeFollower(member.term, 0);
        case HAND_OVER -> farewell.begin();
      }
      return;
    }
    farewell.abort();
    if (replication.advanceCommit()) {
      feeder.broadcastAppend();
    } else {
      feeder.broadcastMissing();
    }
    if (!member.tracker.quorum().contains(member.leadership.transferee)) {
      transfer.abort();
    }
  }

  /**
   * A leader leaves a joint configuration by itself once it is applied, if that was asked for. To
   * be called when more is applied, and now and then: it is refused during a hand-over.
   */
  void leaveIfDue() {
    boolean isSettled = member.log.applied() >= member.leadership.pendingConfIndex;
    if (member.isLeader() && member.tracker.conf().autoLeave() && isSettled) {
      proposals.change(LEAVE);
    }
  }
}
