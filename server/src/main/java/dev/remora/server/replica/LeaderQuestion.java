package dev.remora.server.replica;

/**
 * What a member asks the leader, which alone knows it.
 *
 * @param token comes back with the answer; unique for the asker
 * @param id of the lease, or of the member
 */
public record LeaderQuestion(long token, Kind kind, long id) {
  /** What is asked. */
  public enum Kind {
    /** How long a lease still has. */
    TIME_TO_LIVE,
    /** To give a lease its full TTL again. */
    KEEP_ALIVE,
    /** Whether a member has caught up with the log, as one that is to vote must have. */
    IN_SYNC
  }
}
