package dev.remora.server.replica;

import dev.remora.server.apply.State;
import dev.remora.server.raft.ConfChange;
import dev.remora.server.raft.ConfState;
import dev.remora.server.raft.Entry;
import dev.remora.server.raft.Payload;
import dev.remora.server.raft.Proposal;
import dev.remora.server.raft.Ready;
import dev.remora.server.raft.Status;
import java.util.List;
import java.util.OptionalLong;

/**
 * The replica's seam to consensus: what is proposed comes back committed, in one order. All calls
 * and call-backs are on the replica's loop.
 */
public interface Consensus {
  /** Hears what is committed. */
  interface Listener {
    /** These entries are durable on a quorum and follow each other without a gap; to be applied. */
    void committed(List<Entry> entries);

    /**
     * Whether a committed change may come into force, which is next to be applied. The same on
     * every member, or they would disagree about who belongs to the group.
     */
    boolean admits(ConfChange change);

    /**
     * The entry that follows has changed the group's configuration to this one, or has left it as
     * it was because it was not admitted.
     */
    void configured(Entry entry, ConfState conf);

    /** A snapshot of the leader's takes the place of all that was applied. */
    void restored(State state);

    /** A read may be served once this place is applied. */
    void readable(long token, long index);

    /**
     * A snapshot is wanted now: a member is to be sent one, and was not yet in the group at the
     * newest. It is asked for again until there is one.
     */
    void snapshotWanted();

    /** Who leads, and what this member is, has changed. */
    void led(Ready.SoftState soft, long term);
  }

  /** The core as it is now; on the leader, also how far each member is. */
  Status status();

  /** See {@link Transport#connectedSinceNanos}. */
  OptionalLong connectedSinceNanos(long peer);

  /** Takes payloads for the log, in this order. Never waits. */
  Proposal propose(List<Payload> payloads);

  /** Takes a change of the configuration for the log. Never waits. */
  Proposal proposeConf(ConfChange change);

  /**
   * Asks for a place to read at; see {@link Listener#readable}. It may never come: ask again, with
   * another token.
   */
  void readIndex(long token);

  /** Has another voter lead, if this member does. It may fail, and nobody says so. */
  default void transferLeader(long target) {}

  /**
   * A snapshot of this state is durable: the log may forget what it covers, but for what members
   * that lag behind may want.
   *
   * @param entriesKept so many entries before it are kept, if they are not too large
   */
  void snapshotSaved(SnapshotMark mark, ConfState conf, int entriesKept);
}
