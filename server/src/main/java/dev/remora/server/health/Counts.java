package dev.remora.server.health;

import dev.remora.server.api.ClientCounts;
import dev.remora.server.api.WatchFeed;
import dev.remora.server.peer.PeerCounts;
import dev.remora.server.storage.ForceTimes;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What the edges of a member count. To be read by any thread.
 *
 * @param forces of the log's disk
 * @param peers by the id of the other member
 * @param clients one for each event loop
 * @param feeds one for each event loop
 */
public record Counts(
    ForceTimes forces,
    Supplier<Map<Long, PeerCounts.Read>> peers,
    List<ClientCounts> clients,
    List<WatchFeed> feeds) {
  public Counts {
    clients = List.copyOf(clients);
    feeds = List.copyOf(feeds);
  }
}
