package dev.remora.server.raft;

import java.util.List;

/**
 * What members tell each other. Each carries the sender's term; {@code from} and {@code to} are
 * member ids.
 */
public sealed interface Message {
  long from();

  long to();

  /** The sender's term; 0 in messages that belong to none. */
  long term();

  /**
   * AppendEntries (Raft §5.3).
   *
   * @param prevIndex the place the entries follow
   * @param prevTerm the term of the entry there
   * @param commit the leader's
   * @param entries may be empty
   * @param readPosition the newest read position of the leader when this left it; see {@link
   *     RaftCore#readIndex}
   */
  record Append(
      long from,
      long to,
      long term,
      long prevIndex,
      long prevTerm,
      long commit,
      List<Entry> entries,
      long readPosition)
      implements Message {}

  /**
   * The answer to {@link Append} and {@link Snapshot}.
   *
   * @param index the last place that is known to agree; when rejected, the {@code prevIndex} that
   *     did not
   * @param rejected whether the log does not have the place the entries follow
   * @param hintIndex when rejected: where the logs may agree at most
   * @param hintTerm when rejected: the term there
   * @param readPosition the one of the message that is answered
   */
  record AppendResponse(
      long from,
      long to,
      long term,
      long index,
      boolean rejected,
      long hintIndex,
      long hintTerm,
      long readPosition)
      implements Message {}

  /**
   * Keeps the leadership.
   *
   * @param commit the leader's, at most what the receiver is known to have
   */
  record Heartbeat(long from, long to, long term, long commit, long readPosition)
      implements Message {}

  /** The answer to {@link Heartbeat}. */
  record HeartbeatResponse(long from, long to, long term, long readPosition) implements Message {}

  /**
   * RequestVote (Raft §5.2), or the question whether one would be granted (dissertation §9.6).
   *
   * @param isPre whether it only asks; the term is then the one that would be begun
   * @param isTransfer whether the leader wants it: it is answered though there is a leader
   */
  record VoteRequest(
      long from,
      long to,
      long term,
      long lastIndex,
      long lastTerm,
      boolean isPre,
      boolean isTransfer)
      implements Message {}

  /** The answer to {@link VoteRequest}. */
  record VoteResponse(long from, long to, long term, boolean isPre, boolean rejected)
      implements Message {}

  /** InstallSnapshot (Raft §7). Whoever carries it brings the content along, or drops it. */
  record Snapshot(long from, long to, long term, SnapshotMeta meta) implements Message {}

  /** The leader hands over: begin an election at once (dissertation §3.10). */
  record TimeoutNow(long from, long to, long term) implements Message {}

  /**
   * A follower asks the leader to hand over.
   *
   * @param target who is to lead
   */
  record TransferLeader(long from, long to, long term, long target) implements Message {}

  /**
   * Proposals forwarded to the leader; they may be lost.
   *
   * @param proposals in order
   */
  record Propose(long from, long to, long term, List<Proposed> proposals) implements Message {}

  /**
   * One proposal.
   *
   * @param kind whom it is for
   */
  record Proposed(EntryKind kind, Payload payload) {}

  /**
   * A follower asks the leader for a place to read at.
   *
   * @param token the follower's own, never used again by it, not even after a restart: a late
   *     answer must not be taken for one to another read
   */
  record ReadIndex(long from, long to, long term, long token) implements Message {}

  /**
   * The answer to {@link ReadIndex}.
   *
   * @param index the read may be served once this is applied
   */
  record ReadIndexResponse(long from, long to, long term, long token, long index)
      implements Message {}
}
