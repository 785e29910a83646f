package dev.remora.server.simulation;

import dev.remora.server.raft.ConfState;

/** What must hold of changes of the configuration. */
final class MembershipChecks {
  private final Truth truth;
  private final Marks marks;

  MembershipChecks(Truth truth, Marks marks) {
    this.truth = truth;
    this.marks = marks;
  }

  /** A leader puts a change into its log. */
  void oneChangeAtATime(Shadow leader, long index, long commit) {
    if (leader.log.lastChange() > commit) {
      throw new Violation(
          Invariant.ONE_CHANGE_AT_A_TIME,
          "%s appends a change at %d, while the one at %d is uncommitted"
              .formatted(leader, index, leader.log.lastChange()));
    }
  }

  /** A member has applied a change. */
  void quorumsIntersect(Shadow member, long index, ConfState next) {
    Quorum quorum = Quorum.of(next);
    if (!member.quorum.intersects(quorum)) {
      throw new Violation(
          Invariant.ONE_CHANGE_AT_A_TIME,
          "%s goes from %s to %s, which have quorums apart".formatted(member, member.conf, next));
    }
    if (truth.conf(index, hash(next)) != hash(next)) {
      throw new Violation(
          Invariant.SAME_ENTRY_APPLIED,
          "%s has %s after %d, another member has not".formatted(member, next, index));
    }
    mark(member, next, quorum);
  }

  /** A member goes on from a snapshot that tells this configuration. */
  void snapshotHasConf(Shadow member, long index, ConfState conf) {
    long expected = truth.confAt(index);
    if (expected != 0 && expected != hash(conf)) {
      throw new Violation(
          Invariant.SNAPSHOT_EQUALS_REPLAY,
          "%s goes on from a snapshot at %d with %s, which was not in force then"
              .formatted(member, index, conf));
    }
  }

  private void mark(Shadow member, ConfState next, Quorum quorum) {
    ConfState before = member.conf;
    if (next.isJoint() && !before.isJoint()) {
      marks.reach(Mark.JOINT_ENTERED);
    }
    if (!next.isJoint() && before.isJoint()) {
      marks.reach(Mark.JOINT_LEFT);
    }
    long removed = member.quorum.voters() & ~quorum.voters();
    if (removed != 0) {
      marks.reach(Mark.VOTER_REMOVED);
    }
    if ((removed & (1L << member.id)) != 0 && member.leads()) {
      marks.reach(Mark.LEADER_REMOVED);
    }
    long learnersBefore = Quorum.bits(before.learners());
    if ((Quorum.bits(next.learners()) & ~learnersBefore) != 0) {
      marks.reach(Mark.LEARNER_ADDED);
    }
    if ((quorum.incoming() & learnersBefore) != 0) {
      marks.reach(Mark.LEARNER_PROMOTED);
    }
  }

  private static long hash(ConfState conf) {
    return conf.hashCode() | 1L << 40;
  }
}
