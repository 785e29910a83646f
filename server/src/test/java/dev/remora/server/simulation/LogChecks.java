package dev.remora.server.simulation;

import dev.remora.server.raft.Entry;
import dev.remora.server.raft.HardState;

/** What must hold of the logs, and of what is applied from them. */
final class LogChecks {
  private final Truth truth;
  private final Marks marks;
  private final LongMap contents = new LongMap();

  LogChecks(Truth truth, Marks marks) {
    this.truth = truth;
    this.marks = marks;
  }

  /** A member's log gets an entry; the hash of the log up to there is the given one. */
  void logsMatch(Shadow member, Entry entry, long chain) {
    if (truth.log(entry.index(), entry.term(), chain) != chain) {
      throw new Violation(
          Invariant.LOGS_MATCH,
          "the log of %s differs from another that has entry %d of term %d too"
              .formatted(member, entry.index(), entry.term()));
    }
  }

  void hardGoesOn(Shadow member, HardState next) {
    HardState before = member.hard;
    if (next.term() < before.term() || next.commit() < before.commit()) {
      throw new Violation(Invariant.NOTHING_GOES_BACK, member + " has now " + next);
    }
  }

  void noCommittedEntryIsReplaced(Shadow member, long index) {
    if (index <= member.hard.commit()) {
      throw new Violation(
          Invariant.SAME_ENTRY_APPLIED, member + " replaces committed entry " + index);
    }
  }

  /** A member's commit has advanced; returns whether the group's has with it. */
  boolean sameCommitted(Shadow member) {
    long commit = member.hard.commit();
    if (commit > member.log.last()) {
      throw new Violation(
          Invariant.NOTHING_GOES_BACK, member + " has committed beyond the end of its log");
    }
    long known = Math.min(commit, truth.commit());
    boolean isSame =
        known <= member.log.base() || member.log.chain(known) == truth.committedChain(known);
    if (!isSame) {
      throw new Violation(
          Invariant.SAME_ENTRY_APPLIED, member + " has committed another log up to " + known);
    }
    boolean isNew = commit > truth.commit();
    if (isNew && member.leads() && member.log.term(commit) != member.hard.term()) {
      throw new Violation(
          Invariant.LEADER_COMMITS_OWN_TERM,
          "%s commits entry %d of term %d".formatted(member, commit, member.log.term(commit)));
    }
    if (isNew && member.log.term(truth.commit() + 1) < member.hard.term()) {
      marks.reach(Mark.ENTRY_OF_OLD_TERM_COMMITTED_LATER);
    }
    while (truth.commit() < commit) {
      long index = truth.commit() + 1;
      truth.commit(index, member.log.chain(index), member.hard.term());
    }
    return isNew;
  }

  /** A member has applied an entry; its state has the given hash now. */
  void sameApplied(Shadow member, long index) {
    if (index != member.applied + 1 || index > member.hard.commit()) {
      throw new Violation(Invariant.NOTHING_GOES_BACK, member + " applies " + index);
    }
  }

  /** What a member has applied so far gives what the committed log gives. */
  void sameState(Shadow member) {
    if (member.applied > truth.commit() || member.chain != truth.committedChain(member.applied)) {
      throw new Violation(
          Invariant.SAME_ENTRY_APPLIED, member + " has another state than the committed log gives");
    }
  }

  /** A member's state has this content now, whether it came from entries or from a snapshot. */
  void sameContent(Shadow member, long index, long digest) {
    if (index > 0 && contents.putIfAbsent(index, digest) != digest) {
      throw new Violation(
          Invariant.SNAPSHOT_EQUALS_REPLAY,
          "%s has other content at %d than another member".formatted(member, index));
    }
  }

  /** A member's state comes from a snapshot. */
  void snapshotEqualsReplay(Shadow member, long index, long chain) {
    if (index > truth.commit() || chain != truth.committedChain(index)) {
      throw new Violation(
          Invariant.SNAPSHOT_EQUALS_REPLAY,
          "%s goes on from a snapshot at %d that the entries do not give".formatted(member, index));
    }
  }
}
