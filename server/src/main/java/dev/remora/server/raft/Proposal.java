package dev.remora.server.raft;

/** What became of a proposal when it was made; whether it is ever committed shows at apply. */
public sealed interface Proposal {
  /** This member leads and has put it at the end of its log, from this place on. */
  record Accepted(long term, long firstIndex) implements Proposal {}

  /** It was sent to the leader, and may be lost on the way. */
  record Forwarded(long leader) implements Proposal {}

  /** It will never be committed. */
  record Refused(Reason reason) implements Proposal {}

  /** Why nothing was accepted. */
  enum Reason {
    /** Nobody is known to lead. */
    NO_LEADER,
    /** Another member leads, and nothing is to be sent there. */
    NOT_LEADER,
    /** The leadership is being handed over. */
    TRANSFERRING,
    /** Too many bytes wait to be committed. */
    OVERLOADED,
    /** This member has left the group. */
    REMOVED,
    /** Another change of the configuration is to be applied, or to be left, before. */
    CHANGE_PENDING
  }
}
