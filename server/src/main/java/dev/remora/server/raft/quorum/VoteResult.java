package dev.remora.server.raft.quorum;

/** How a vote stands. */
public enum VoteResult {
  /** More votes are needed. */
  PENDING,
  /** A quorum can no longer be reached. */
  LOST,
  /** A quorum has granted it. */
  WON
}
