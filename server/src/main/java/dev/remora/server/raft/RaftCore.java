package dev.remora.server.raft;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One member's part in consensus: a state machine without clock, thread, file or socket, whose
 * outputs are a function of its inputs. It behaves as etcd's raft library with asynchronous storage
 * writes does, and is written from the Raft paper, Ongaro's dissertation and that behaviour.
 *
 * <p>One thread owns it. After a call, take what is to be done with {@link #takeReady}.
 */
@SuppressWarnings({"UnusedVariable", "DoNotCallSuggester"}) // A shape so far.
public final class RaftCore {
  /**
   * Goes on from what a member remembers.
   *
   * @param random where randomised timeouts come from
   */
  public RaftCore(RaftConfig config, Restart restart, RandomGenerator random) {}

  /** One interval has passed. */
  public void tick() {}

  /** Takes a message, of another member or of this one itself. */
  public void step(Message message) {}

  /** What an earlier {@link Ready} gave to store is durable. */
  public void stored(Ready.StorageAck ack) {}

  /** Everything up to this place is applied. */
  public void applied(long index) {}

  /** Puts payloads for the state machine at the end of the log, or sends them to the leader. */
  public Proposal propose(List<Payload> payloads) {
    throw new UnsupportedOperationException();
  }

  /**
   * Proposes another configuration. If one is still to be applied, or it does not fit the present
   * one, an empty entry takes its place in the log (as in etcd).
   */
  public Proposal proposeConf(ConfChange change) {
    throw new UnsupportedOperationException();
  }

  /** Brings a committed change into force; to be called when its entry is applied. */
  public ConfState applyConf(ConfChange change) {
    throw new UnsupportedOperationException();
  }

  /**
   * Asks for a place to read at; it comes with {@link Ready#reads}. Lost without a word if there is
   * no leader or it changes: ask again with another token.
   *
   * <p>On the leader, all reads since the last turn form one position. Its number leaves with the
   * next {@link Message.Append} or {@link Message.Heartbeat} and comes back with their answers. A
   * read is confirmed only by a quorum of answers to messages that left after it arrived (Raft
   * dissertation §6.4).
   *
   * @param token the caller's own, unique for as long as the process lives
   */
  public void readIndex(long token) {}

  /** Hands the leadership over to another voter (dissertation §3.10). */
  public void transferLeader(long target) {}

  /** Follows nobody until there is word of a leader, and may vote at once. */
  public void forgetLeader() {}

  /** Begins an election now. */
  public void campaign() {}

  /** A message to this peer was lost. */
  public void unreachable(long peer) {}

  /** What became of the snapshot being sent to a peer. */
  public void snapshotStatus(long peer, boolean arrived) {}

  /**
   * The place of the newest snapshot of the state machine, which a follower that lags behind the
   * log can be sent.
   */
  public void snapshotTaken(SnapshotMeta snapshot) {}

  /**
   * Forgets entries up to this place but for the last of them: at most so many, of so many bytes.
   *
   * @return the last place forgotten
   */
  public long compact(long uptoIndex, int entriesKept, long bytesKept) {
    return 0;
  }

  /** Whether there is anything to do. */
  public boolean hasReady() {
    return false;
  }

  /** What is to be done; the caller does it. */
  public Ready takeReady() {
    throw new UnsupportedOperationException();
  }

  public Status status() {
    throw new UnsupportedOperationException();
  }
}
