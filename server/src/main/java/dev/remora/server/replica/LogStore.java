package dev.remora.server.replica;

import dev.remora.server.raft.Entry;
import dev.remora.server.raft.HardState;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The durable log of one member: votes, entries and snapshot marks in one order.
 *
 * <p>All methods but {@link #close} are called from one thread, the replica's loop, and never
 * block. What was handed over reaches the disk in the order of the calls; after a crash a prefix of
 * that order is found again, at least up to the last call whose {@code onDurable} was run.
 *
 * <p>An {@code onDurable} is run on the <em>store's</em> thread, in the order of the calls, and
 * must be short: the replica passes runnables that post to its own loop. If the store fails, none
 * is run any more (see {@link LogStoreEvents#failed}).
 */
public interface LogStore extends AutoCloseable {
  /**
   * Appends entries, and the hard state if it has changed. A crash may keep a part of it, but never
   * an entry without the term and the vote, and never a commit without the entries it covers.
   *
   * <p>An entry cancels whatever the log held at its index and above.
   *
   * @param hard the new hard state, or null if it has not changed
   * @param entries without a gap; the first at most one above the last index
   * @throws IllegalArgumentException if an entry is larger than the store's bound; nothing of this
   *     call is then appended
   * @throws IllegalStateException if entries leave a gap or cancel committed ones, if term or
   *     commit go back, if a vote changes within its term, or commit lies past the end
   */
  void append(@Nullable HardState hard, List<Entry> entries, Runnable onDurable);

  /**
   * Notes that a snapshot at this place is durable. If the log has that entry with that term, the
   * entries after it stay; otherwise (the snapshot came from the leader) the log is dropped whole
   * and goes on at {@code index + 1}. Call it before appending the hard state that commits {@code
   * index}.
   *
   * @throws IllegalStateException if it lies before the mark there is
   */
  void snapshotMark(long index, long term, Runnable onDurable);

  /**
   * Allows to forget entries up to this index, at most up to the durable mark. Only whole segments
   * are freed, and later.
   */
  void release(long uptoIndex);

  /** Bytes handed over and not yet durable. From any thread. */
  long backlogBytes();

  /**
   * How long the oldest of what is not yet durable has waited; zero if all is. A leader whose disk
   * is slow sees it here. From any thread.
   */
  Duration backlogAge();

  /**
   * Makes durable what was handed over, as far as segments are ready, then lets go of all files.
   * Blocks, so not to be called on the loop. Nothing may be handed over afterwards.
   */
  @Override
  void close();
}
