package dev.remora.server.raft;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done now. The parts that name the log go to it in the order of the Readies; nothing
 * of this needs to be awaited before the next is taken.
 *
 * <p>{@code afterDurable} and {@code ack} keep that order, too, even of a Ready with nothing to
 * store: they may be about entries that an earlier one gave to store.
 *
 * @param hard the hard state to store, or null if it has not changed
 * @param mustSync whether it has to be forced to disk before {@code afterDurable} leaves: term,
 *     vote or entries changed. Otherwise {@code afterDurable} only waits for earlier Readies
 * @param install a snapshot that takes the place of the log, or null. Store it and its mark, then
 *     the entries and the hard state; and restore the state machine from it
 * @param append entries to store; they cancel what the log has at their places and after
 * @param now messages that may leave at once; only requests for real votes are better held back
 *     like {@code afterDurable}: the vote for oneself that they announce is in this Ready
 * @param afterDurable messages that may leave only when all of the above is durable; those to
 *     oneself are stepped back in
 * @param ack to be stepped back in ({@link RaftCore#stored}) when all of the above is durable, or
 *     null
 * @param apply committed entries, to be applied in order, after {@code install}; tell {@link
 *     RaftCore#applied} when it is done
 * @param reads places at which reads may be served
 * @param soft who leads, if it has changed, else null
 */
public record Ready(
    @Nullable HardState hard,
    boolean mustSync,
    @Nullable SnapshotMeta install,
    List<Entry> append,
    List<Message> now,
    List<Message> afterDurable,
    @Nullable StorageAck ack,
    List<Entry> apply,
    List<ReadReady> reads,
    @Nullable SoftState soft) {

  /** Whether the log has anything to do for this. */
  public boolean isToStore() {
    return hard != null || install != null || !append.isEmpty();
  }

  /**
   * A read that may be served.
   *
   * @param token the one it was asked with
   * @param index serve it once this place is applied
   */
  public record ReadReady(long token, long index) {}

  /**
   * What has become durable. It names the term it was handed out in, and is ignored for entries if
   * another entry has taken the last one's place since (the ABA race of asynchronous storage).
   *
   * @param term of the core when it handed this out
   * @param lastIndex of the entries, 0 for none
   * @param lastTerm of the entry there
   * @param snapshotIndex of the installed snapshot, 0 for none
   */
  public record StorageAck(long term, long lastIndex, long lastTerm, long snapshotIndex) {}

  /**
   * What need not be remembered.
   *
   * @param role the member's own
   * @param leader the leader's id, 0 for none known
   */
  public record SoftState(Role role, long leader) {}
}
