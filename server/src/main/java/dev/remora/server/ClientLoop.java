package dev.remora.server;

import dev.remora.server.api.ClientCounts;
import dev.remora.server.api.WatchFeed;
import dev.remora.server.replica.Door;
import dev.remora.server.replica.Replica;

/**
 * One of the event loops that serve clients, with what it has once for all its listeners.
 *
 * @param door its way to the replica
 * @param feed its watchers
 * @param counts what is counted on it
 */
record ClientLoop(Loop loop, Door door, WatchFeed feed, ClientCounts counts) {
  /** To be called on the loop. */
  static ClientLoop of(Loop loop, Replica replica) {
    Door door = replica.open(loop.executor());
    return new ClientLoop(loop, door, new WatchFeed(loop.context(), door), new ClientCounts());
  }
}
