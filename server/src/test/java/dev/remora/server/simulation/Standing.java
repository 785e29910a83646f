package dev.remora.server.simulation;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Where a member that runs stands, as far as elections go.
 *
 * @param quorum who decides, by what it has applied
 * @param lastTerm of its log
 * @param lastIndex of its log
 * @param applied up to where
 */
record Standing(long id, Quorum quorum, long lastTerm, long lastIndex, long applied) {
  static Standing of(SimMember member) {
    Shadow shadow = member.shadow;
    long last = shadow.log.last();
    return new Standing(member.id, shadow.quorum, shadow.log.term(last), last, shadow.applied);
  }

  /**
   * Whether one removal keeps these from ever electing anybody: nobody can win by the configuration
   * that he himself knows, somebody could by the newest that is in force, and who has applied that
   * does not belong to it. So it is if a leader removes itself and steps down before those whom a
   * quorum of the old configuration needs besides it have heard that this is committed, and the end
   * of its log is its own.
   */
  static boolean areStuckByRemoval(List<Standing> running) {
    Optional<Standing> newest = running.stream().max(Comparator.comparingLong(Standing::applied));
    if (newest.isEmpty() || newest.get().isVoterOf(newest.get().quorum())) {
      return false;
    }
    Quorum inForce = newest.get().quorum();
    return running.stream().noneMatch(it -> it.canWin(it.quorum(), running))
        && running.stream().anyMatch(it -> it.canWin(inForce, running));
  }

  private boolean canWin(Quorum voters, List<Standing> running) {
    long votes = 0;
    for (Standing other : running) {
      if (isUpToDate(other)) {
        votes |= 1L << other.id;
      }
    }
    return isVoterOf(voters) && voters.isReachedBy(votes);
  }

  private boolean isVoterOf(Quorum voters) {
    return (voters.voters() >> id & 1) != 0;
  }

  private boolean isUpToDate(Standing other) {
    return lastTerm > other.lastTerm
        || (lastTerm == other.lastTerm && lastIndex >= other.lastIndex);
  }
}
