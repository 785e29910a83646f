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
   * place, and reports to {@link RaftNode#snapshotStatus} what became of it.
   */
  void send(Message message);

  /**
   * Since when messages reach another member and come back, by {@link Clocks#monotonicNanos};
   * nothing if they do not now.
   */
  default OptionalLong connectedSinceNanos(long peer) {
    return OptionalLong.empty();
  }
}
