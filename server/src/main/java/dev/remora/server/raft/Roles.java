package dev.remora.server.raft;

import dev.remora.server.raft.progress.Progress;

/** How a member passes from one role to another (Raft figure 4). */
final class Roles {
  private final Member member;
  private final Reads reads;

  Roles(Member member, Reads reads) {
    this.member = member;
    this.reads = reads;
  }

  /** Follows this leader, or nobody yet if it is 0. */
  void becomeFollower(long term, long leader) {
    reset(term);
    member.role = Role.FOLLOWER;
    member.leader = leader;
  }

  /** Asks whether an election could be won; term and vote stay (dissertation §9.6). */
  void becomePreCandidate() {
    member.role = Role.PRE_CANDIDATE;
    member.leader = 0;
  }

  /** Begins a term and votes for itself. */
  void becomeCandidate() {
    reset(member.term + 1);
    member.role = Role.CANDIDATE;
    member.vote = member.id();
  }

  /** Leads the term. An entry of its own has to follow at once. */
  void becomeLeader() {
    reset(member.term);
    member.role = Role.LEADER;
    member.leader = member.id();
    Progress self = member.self();
    if (self != null) {
      self.becomeReplicate(reads.turn());
      self.setActive(true);
    }
    member.leadership.pendingConfIndex = member.log.lastIndex();
  }

  private void reset(long term) {
    if (term < member.term) {
      throw new IllegalStateException("term " + term + " after " + member.term);
    }
    if (term != member.term) {
      member.term = term;
      member.vote = 0;
    }
    member.leader = 0;
    member.timers.restart();
    member.leadership = new Leadership();
    member.tracker.reset(member.id(), member.log.lastIndex());
    reads.reset();
  }
}
