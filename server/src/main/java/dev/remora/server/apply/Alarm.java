package dev.remora.server.apply;

/**
 * Something that a member needs a human for; it stands until it is disarmed.
 *
 * @param member whose trouble it is; an unsigned number
 * @param kind what the trouble is
 */
public record Alarm(long member, Kind kind) {
  /** What can be wrong, in etcd's words. */
  public enum Kind {
    /** The member has reached its quota: what grows is refused. */
    NOSPACE,
    /** The member's data is not to be trusted: every write of a client is refused. */
    CORRUPT
  }
}
