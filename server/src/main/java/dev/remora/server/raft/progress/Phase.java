package dev.remora.server.raft.progress;

/** How a leader sends to a member. */
public enum Phase {
  /** One append at a time, to find where the logs agree. */
  PROBE,
  /** A stream of appends, up to the window. */
  REPLICATE,
  /** Nothing, while a snapshot is under way. */
  SNAPSHOT
}
