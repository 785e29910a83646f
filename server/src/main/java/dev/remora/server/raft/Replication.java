package dev.remora.server.raft;

import dev.remora.server.raft.Message.AppendResponse;
import dev.remora.server.raft.Message.HeartbeatResponse;
import dev.remora.server.raft.progress.Phase;
import dev.remora.server.raft.progress.Progress;

/** How a leader brings its followers' logs to agree with its own, and commits (Raft §5.3, §5.4). */
class Replication {
  private final Member member;
  private final Feeder feeder;
  private final Reads reads;
  private final Transfer transfer;

  Replication(Member member, Feeder feeder, Reads reads, Transfer transfer) {
    this.member = member;
    this.feeder = feeder;
    this.reads = reads;
    this.transfer = transfer;
  }

  /** A member, or this leader's own storage, has answered an append. */
  final void onAppendResponse(Progress from, AppendResponse response) {
    from.setActive(true);
    if (response.rejected()) {
      onRejected(from, response);
    } else {
      onAccepted(from, response.index());
    }
    if (from.id() != member.id()) {
      reads.answered(from, response.readPosition());
    }
  }

  /**
   * The hint's term lets whole terms be passed over: the leader's log cannot agree at a place where
   * its term is above the one the follower has there.
   */
  private void onRejected(Progress from, AppendResponse response) {
    if (from.isBeforeStream(response.readPosition())) {
      return;
    }
    long next = response.hintIndex();
    if (response.hintTerm() > 0) {
      next = member.log.lastOfTermAtMost(response.hintIndex(), response.hintTerm());
    }
    if (from.rejected(response.index(), next)) {
      if (from.phase() == Phase.REPLICATE) {
        from.becomeProbe();
      }
      feeder.append(from, true);
    }
  }

  private void onAccepted(Progress from, long index) {
    boolean isNews = from.accepted(index);
    if (!isNews && !(from.phase() == Phase.PROBE && from.match() == index)) {
      return;
    }
    resumeStream(from, index);
    boolean isSelf = from.id() == member.id();
    if (advanceCommit()) {
      feeder.broadcastAppend();
    } else if (!isSelf && from.canLearnCommit(member.log.committed())) {
      feeder.append(from, true);
    }
    if (!isSelf) {
      while (feeder.append(from, false)) {
        // As much as the window takes.
      }
      transfer.caughtUp(from);
    }
  }

  private void resumeStream(Progress from, long index) {
    switch (from.phase()) {
      case PROBE -> from.becomeReplicate(reads.turn());
      case SNAPSHOT -> {
        // The snapshot has arrived, or others' appends have made up for it.
        if (from.match() + 1 >= member.log.firstIndex()) {
          from.becomeProbe();
          from.becomeReplicate(reads.turn());
        }
      }
      case REPLICATE -> from.freeUpTo(index);
    }
  }

  /**
   * Commits what a quorum has.
   *
   * @return whether anything
   */
  final boolean advanceCommit() {
    long index = heldByQuorum();
    if (index <= member.log.committed() || !mayCommit(index)) {
      return false;
    }
    member.log.commitTo(index);
    return true;
  }

  /** The highest place up to which a quorum's logs agree with this one. */
  long heldByQuorum() {
    return member.tracker.committed();
  }

  /** Entries of older terms only commit along with one of the leader's own (Raft §5.4.2). */
  boolean mayCommit(long index) {
    return member.log.term(index) == member.term;
  }

  /** A member has answered a heartbeat: one append may leave, whatever has become of the last. */
  final void onHeartbeatResponse(Progress from, HeartbeatResponse response) {
    from.setActive(true);
    from.resume();
    if (from.match() < member.log.lastIndex() || from.phase() == Phase.PROBE) {
      feeder.append(from, true);
    }
    reads.answered(from, response.readPosition());
  }

  /** Something sent to this member was lost, and appends after it with it. */
  final void onUnreachable(Progress to) {
    if (to.phase() == Phase.REPLICATE) {
      to.becomeProbe();
    }
  }

  /** The snapshot has left completely, or is lost; either way wait for a sign of life. */
  final void onSnapshotStatus(Progress to, boolean arrived) {
    if (to.phase() != Phase.SNAPSHOT) {
      return;
    }
    if (!arrived) {
      to.snapshotLost();
    }
    to.becomeProbe();
    to.pause();
  }
}
