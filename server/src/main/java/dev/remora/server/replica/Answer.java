package dev.remora.server.replica;

import dev.remora.server.apply.Outcome;
import dev.remora.server.apply.State;

/** What became of a proposal. */
public sealed interface Answer {
  /**
   * It is durable and was applied by this member.
   *
   * @param outcome what came of it
   * @param state a published state that includes it
   */
  record Applied(Outcome outcome, State state) implements Answer {}

  /** It was not applied, or it is not known whether it will be. */
  record Failed(Reason reason) implements Answer {}

  /** Why a proposal has no outcome. */
  enum Reason {
    /** Too much is waiting already; it was not taken. */
    OVERLOADED,
    /** The disk has no room for more log, or the quota is reached; it was not taken. */
    NO_SPACE,
    /** The member is stopping; it may or may not be applied later. */
    STOPPED,
    /** This member has left the group; it was not taken. */
    REMOVED,
    /**
     * The leader that had it was replaced before its entry was seen; it may or may not be applied
     * later.
     */
    LEADER_LOST,
    /** Its entry was not seen in time; it may or may not be applied later. */
    TIMED_OUT,
    /** Another change of the members is under way; it was not taken. */
    CHANGE_PENDING,
    /** A member that was added has not started yet, or too few would be left; it was not taken. */
    NOT_ENOUGH_STARTED,
    /** Not enough members have been connected for long enough to change them; it was not taken. */
    UNHEALTHY,
    /** A learner is too far behind to be promoted; it was not taken. */
    LEARNER_NOT_READY
  }
}
