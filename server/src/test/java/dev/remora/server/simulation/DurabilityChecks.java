package dev.remora.server.simulation;

import dev.remora.server.raft.HardState;
import dev.remora.server.raft.Message;
import dev.remora.server.replica.Recovered;
import dev.remora.server.storage.DurableLog;
import java.util.Map;

/** What must hold of the disks. */
final class DurabilityChecks {
  private final Truth truth;
  private final Map<Long, Shadow> shadows;

  DurabilityChecks(Truth truth, Map<Long, Shadow> shadows) {
    this.truth = truth;
    this.shadows = shadows;
  }

  /** Something was forced to a member's disk. */
  void oneVotePerTerm(Shadow member, DurableLog durable) {
    HardState now = durable.hard();
    HardState before = member.forced;
    if (now.term() < before.term()) {
      throw new Violation(
          Invariant.NOTHING_GOES_BACK,
          "the disk of " + member + " has " + now + " after " + before);
    }
    if (now.term() == before.term() && before.vote() != 0 && now.vote() != before.vote()) {
      throw new Violation(
          Invariant.ONE_VOTE_PER_TERM,
          "the disk of " + member + " has " + now + " after " + before);
    }
    member.forced = now;
  }

  /** A message leaves a member, perhaps to itself. */
  void outputIsDurable(Shadow member, Message message) {
    DurableLog durable = member.durable;
    if (durable == null) {
      return;
    }
    switch (message) {
      case Message.VoteResponse vote -> {
        if (!vote.rejected() && !vote.isPre()) {
          voteIsDurable(member, durable.hard(), vote);
        }
      }
      case Message.AppendResponse append -> {
        if (!append.rejected()) {
          entriesAreDurable(member, durable, append);
        }
      }
      default -> {}
    }
  }

  private static void voteIsDurable(Shadow member, HardState hard, Message.VoteResponse vote) {
    boolean isDurable =
        hard.term() > vote.term() || (hard.term() == vote.term() && hard.vote() == vote.to());
    if (!isDurable) {
      throw new Violation(
          Invariant.OUTPUT_IS_DURABLE, member + " sends " + vote + ", its disk has " + hard);
    }
  }

  /**
   * Compared with the log of the leader that will count it, as far as that still leads. What was
   * durable in an earlier term may be replaced by now.
   */
  private void entriesAreDurable(
      Shadow member, DurableLog durable, Message.AppendResponse response) {
    long index = response.index();
    Shadow leader = shadows.get(response.to());
    boolean isOutdated = durable.hard().term() > response.term();
    if (isOutdated
        || index <= durable.base()
        || leader == null
        || leader.ledTerm != response.term()) {
      return;
    }
    boolean isKnown = leader.hard.term() == response.term() && leader.log.knows(index);
    long expected = isKnown ? leader.log.term(index) : durable.term(index);
    if (durable.lastIndex() < index || durable.term(index) != expected) {
      throw new Violation(
          Invariant.OUTPUT_IS_DURABLE,
          "%s sends %s, its disk ends at %d and has term %d there"
              .formatted(member, response, durable.lastIndex(), durable.term(index)));
    }
  }

  /** A member is the first to know of a new commit. */
  void commitIsDurable(Shadow member) {
    long index = member.hard.commit();
    long term = member.log.term(index);
    boolean isDurable = isHeld(member.quorum, index, term);
    for (Quorum before : member.quorumsSinceCommit) {
      isDurable |= isHeld(before, index, term);
    }
    member.quorumsSinceCommit.clear();
    if (!isDurable) {
      throw new Violation(
          Invariant.COMMIT_IS_DURABLE,
          "%s has committed %d in %s, which is not on the disks of a quorum"
              .formatted(member, index, member.conf));
    }
  }

  private boolean isHeld(Quorum quorum, long index, long term) {
    long holders = 0;
    for (long voters = quorum.voters(); voters != 0; voters &= voters - 1) {
      long id = Long.numberOfTrailingZeros(voters);
      Shadow voter = shadows.get(id);
      DurableLog durable = voter == null ? null : voter.durable;
      if (durable != null && (index < durable.base() || durable.term(index) == term)) {
        holders |= 1L << id;
      }
    }
    return quorum.isReachedBy(holders);
  }

  /** A member has started again with what it found. */
  void nothingIsLost(Shadow member, Recovered found) {
    DurableLog before = member.durable;
    if (before == null) {
      return;
    }
    HardState hard = found.hardState();
    HardState forced = before.hard();
    boolean isVoteKept = hard.term() > forced.term() || hard.vote() == forced.vote();
    if (hard.term() < forced.term() || (forced.vote() != 0 && !isVoteKept)) {
      throw new Violation(
          Invariant.NOTHING_IS_LOST, "%s had %s and finds %s".formatted(member, forced, hard));
    }
    long kept = lastAgreeing(before, member.log);
    if (kept > found.mark().index() && !holds(found, kept, before.term(kept))) {
      throw new Violation(
          Invariant.NOTHING_IS_LOST,
          "%s had entry %d of term %d on its disk and finds %d to %d"
              .formatted(member, kept, before.term(kept), found.firstIndex(), found.lastIndex()));
    }
  }

  /**
   * What lies beyond was to be replaced, and may have been; all of it, if it is not even the same
   * at the place of the snapshot that the log begins with.
   */
  private static long lastAgreeing(DurableLog durable, LogShadow log) {
    long index = Math.min(durable.lastIndex(), log.last());
    long first = Math.max(durable.base(), log.base());
    while (index > first && durable.term(index) != log.term(index)) {
      index--;
    }
    return index < first || durable.term(index) != log.term(index) ? 0 : index;
  }

  private static boolean holds(Recovered found, long index, long term) {
    return index <= found.lastIndex()
        && found.entries().get((int) (index - found.firstIndex())).term() == term;
  }

  /** At the end: what clients were told of is in this member's state. */
  void acknowledgedIsThere(Shadow member) {
    if (member.applied < truth.acknowledged()) {
      throw new Violation(
          Invariant.NOTHING_IS_LOST,
          "%s lacks entry %d, which was acknowledged".formatted(member, truth.acknowledged()));
    }
  }
}
