package dev.remora.server.replica;

import dev.remora.server.apply.State;
import dev.remora.server.raft.Message;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Hears what comes from the other members. On the replica's loop. */
public interface PeerListener {
  /** What this member says of itself when it connects. */
  Greeting greeting();

  /** Another member connects: why it is not to be listened to, or nothing. */
  Optional<Refusal> refusal(Greeting greeting);

  /** Whether one that was listened to, having said this of itself, still is to be. */
  boolean isStillWelcome(Greeting greeting);

  /** One that was added, and is reached at these URLs, asks who it is; the answer may be late. */
  void introduce(List<String> peerUrls, Consumer<Introduction> done);

  /** Another member does not listen to this one. */
  void refused(long peer, Refusal refusal);

  /** Another member listens to this one. */
  void welcomed(long peer);

  /** Consensus' messages, in the order they were sent. */
  void received(List<Message> messages);

  /** A member takes this one for the leader and asks about a lease. */
  void asked(long peer, LeaderQuestion question);

  /** The leader answers what this member has asked. */
  void answered(LeaderReply reply);

  /** A member says what its state is. */
  void told(long peer, StateClaim claim);

  /** A message to this member was dropped. */
  void unreachable(long peer);

  /**
   * A leader's snapshot is whole and durable here.
   *
   * @param leaderTerm in which it leads
   */
  void snapshotReceived(long leader, long leaderTerm, State state);

  /** What became of a snapshot that was sent. */
  void snapshotStatus(long peer, boolean arrived);
}
