package dev.remora.server.replica;

import dev.remora.server.raft.Message;
import java.util.OptionalLong;

/**
 * Carries messages to the other members. It may lose, repeat and delay them, and never blocks;
 * called on the replica's loop.
 */
public interface Transport {
  /** Of a member that has nobody to talk to. */
  Transport NONE = _ -> {};

  /**
   * Sends a message, or drops it. With a {@link Message.Snapshot} it sends the snapshot of that
   * place, and reports to {@link PeerListener#snapshotStatus} what became of it.
   */
  void send(Message message);

  /** Asks the leader about a lease, or drops it. */
  default void ask(long leader, LeaderQuestion question) {}

  /** Answers another member's question, or drops it. */
  default void answer(long peer, LeaderReply reply) {}

  /** Tells another member what the state here is, or drops it. */
  default void tell(long peer, StateClaim claim) {}

  /** Whether what is sent to this member now has a way to it. */
  default boolean isConnected(long peer) {
    return true;
  }

  /**
   * Since when messages reach another member and come back, by {@link Clocks#monotonicNanos};
   * nothing if they do not now.
   */
  default OptionalLong connectedSinceNanos(long peer) {
    return OptionalLong.empty();
  }
}
