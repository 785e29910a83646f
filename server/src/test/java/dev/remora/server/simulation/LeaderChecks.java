package dev.remora.server.simulation;

/** What must hold of leaders. */
final class LeaderChecks {
  private final Truth truth;
  private final Marks marks;
  private final LongMap termsBegun = new LongMap();
  private final LongMap inheritedBytes = new LongMap();

  LeaderChecks(Truth truth, Marks marks) {
    this.truth = truth;
    this.marks = marks;
  }

  /** A member speaks as a leader. */
  void speaksAsLeader(Shadow member, long term) {
    if (member.ledTerm == term) {
      return;
    }
    oneLeaderPerTerm(member, term);
    leaderHasAllCommitted(member, term);
    member.ledTerm = term;
    marks.reach(Mark.LEADER_ELECTED);
    if (truth.leader(term - 1) == 0 && term > 1) {
      marks.reach(Mark.TERM_WITHOUT_LEADER);
    }
    if (member.log.lastChange() > member.hard.commit()) {
      marks.reach(Mark.CHANGE_UNCOMMITTED_WHEN_LEADER_CHANGED);
    }
    termsBegun.putIfAbsent(term, member.log.last());
    long inherited = member.log.bytes(member.log.last()) - member.log.bytes(member.hard.commit());
    inheritedBytes.putIfAbsent(term, inherited);
  }

  /** Entries of this leader's own term are behind this place. */
  long beginning(long term) {
    return termsBegun.get(term, 0);
  }

  /** What this leader found in its log, uncommitted, when its term began. */
  long inheritedBytes(long term) {
    return inheritedBytes.get(term, 0);
  }

  private void oneLeaderPerTerm(Shadow member, long term) {
    long leader = truth.leader(term, member.id);
    if (leader != member.id) {
      throw new Violation(
          Invariant.ONE_LEADER_PER_TERM,
          "member %d leads term %d, and so does %d".formatted(leader, term, member.id));
    }
  }

  private void leaderHasAllCommitted(Shadow member, long term) {
    long index = truth.committedBefore(term);
    boolean isComplete =
        index <= member.log.base()
            || (member.log.knows(index) && member.log.chain(index) == truth.committedChain(index));
    if (!isComplete) {
      throw new Violation(
          Invariant.LEADER_HAS_ALL_COMMITTED,
          "%s leads term %d without entry %d".formatted(member, term, index));
    }
  }

  /** A member has replaced entries of its log. */
  void leaderAppendsOnly(Shadow member, long index) {
    if (member.leads()) {
      throw new Violation(
          Invariant.LEADER_APPENDS_ONLY, member + " leads and replaces entry " + index);
    }
  }
}
