package dev.remora.server.simulation;

/** What must hold after every event (the last one: at the end), whatever the faults. */
enum Invariant {
  /** At most one member leads in a term (Raft §5.2). */
  ONE_LEADER_PER_TERM,
  /** A leader never replaces or removes entries of its own log (Raft §5.3). */
  LEADER_APPENDS_ONLY,
  /** Two logs with the same term at an index are the same up to there (Raft §5.3). */
  LOGS_MATCH,
  /** What was committed in an earlier term is in the log of every leader (Raft §5.4). */
  LEADER_HAS_ALL_COMMITTED,
  /** A leader counts only entries of its own term as committed (Raft §5.4.2). */
  LEADER_COMMITS_OWN_TERM,
  /** The same entry is committed and applied at an index everywhere (Raft §5.4.3). */
  SAME_ENTRY_APPLIED,
  /** Term, commit and applied never go back; applied is at most commit, commit at most the end. */
  NOTHING_GOES_BACK,
  /** In what the disk holds, a member has at most one vote in a term (Raft §5.2). */
  ONE_VOTE_PER_TERM,
  /** A vote or an acknowledgement that leaves a member is on its disk at that moment. */
  OUTPUT_IS_DURABLE,
  /** What is committed is on the disks of a quorum of the configuration. */
  COMMIT_IS_DURABLE,
  /** A confirmed read's place is not before what any client knew when it began. */
  READS_SEE_ACKNOWLEDGED,
  /** At most one change of the configuration is uncommitted; quorums of neighbours intersect. */
  ONE_CHANGE_AT_A_TIME,
  /** What was acknowledged, or was durable, is found again after crashes. */
  NOTHING_IS_LOST,
  /** A snapshot and the entries after it give what all entries give. */
  SNAPSHOT_EQUALS_REPLAY,
  /** Messages, batches and what waits for commit keep their bounds. */
  BOUNDS_HOLD,
  /** After the faults end there is a leader, proposals finish and all members catch up. */
  LIVENESS,
  /** A lease lasts for its TTL by the clock of the leader that ends it, and ends once. */
  LEASES_LAST,
  /** Clients' histories could have come from one register. */
  LINEARIZABLE,
  /** No member finds an invariant of its own broken. */
  NO_MEMBER_PANICS
}
