package dev.remora.server.raft;

/**
 * A safety bug of the core that only a test can put in. Those with a number, its place in the list
 * of the design, somebody has shipped.
 */
public enum Mutant {
  /** 1: a read is confirmed by a round that was on its way when it arrived. */
  READ_JOINS_ROUND_IN_FLIGHT,
  /** 2: no round for a commit index that was confirmed once. */
  READ_SKIPS_ROUND,
  /** 3: a learner's answer counts as a voter's. */
  READ_COUNTS_ANSWERS,
  /** 4: answers do not tell which round they are to. */
  READ_POSITION_REPEATS,
  /** 5: a new leader reads before an entry of its own term is committed. */
  READ_BEFORE_OWN_COMMIT,
  /** 10: entries beyond an installed snapshot stay, though the log before them was another's. */
  SNAPSHOT_KEEPS_SUFFIX,
  /** 11: what was stored counts as durable, whatever has taken its place since. */
  ACK_OF_REPLACED_ENTRY,
  /** 13: entries of older terms commit by being counted. */
  COMMIT_OF_OLD_TERM,
  /** 14: a configuration change is proposed while another may be in the log. */
  CHANGE_WHILE_PENDING,
  /** 15: the lease is measured by the wall clock. */
  LEASE_BY_WALL_CLOCK,
  /** 16: in a joint configuration, the new majority alone confirms a read. */
  READ_BY_NEW_MAJORITY,
  /** 17: a follower acknowledges all it has, not what the append covered. */
  ACK_OF_LAST_INDEX,
  /** 18: an append cuts off what lies after its entries, though they agree: late ones cut, too. */
  DUPLICATE_TRUNCATES,
  /** A read needs no answer to its round. */
  READ_UNCONFIRMED,
  /** The lease counts though a successor was told to campaign. */
  LEASE_AFTER_HAND_OVER,
  /** Learners count when an entry commits. */
  LEARNER_COMMITS,
  /** One entry more is committed than a quorum has. */
  COMMIT_ONE_AHEAD,
  /** A follower commits what an append has not covered. */
  COMMIT_BEYOND_COVERED
}
