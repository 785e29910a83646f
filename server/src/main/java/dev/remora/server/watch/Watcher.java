package dev.remora.server.watch;

import dev.remora.server.mvcc.Change;
import java.util.List;

/** One watcher of a {@link WatchHub}. */
public final class Watcher {
  /** Where a watcher stands. */
  enum Place {
    /** It has seen all that is published. */
    SYNCED,
    /** It reads on from the history. */
    BEHIND,
    /** It waits for its connection. */
    STALLED,
    /** It has ended. */
    GONE
  }

  final Interest interest;
  final Sink sink;

  /** The newest revision when it was registered: what came before is its past. */
  final long registeredAt;

  /** The first revision it has not been told of. */
  long next;

  Place place = Place.GONE;

  Watcher(Interest interest, Sink sink, long registeredAt, long next) {
    this.interest = interest;
    this.sink = sink;
    this.registeredAt = registeredAt;
    this.next = next;
  }

  /** Whether it has been told of all that is published, up to its first revision. */
  public boolean isSynced() {
    return place == Place.SYNCED;
  }

  boolean wants(Change change, List<Change> same) {
    return switch (interest) {
      case Interest.Keys keys -> keys.matches(change);
      case Interest.Path path ->
          change.modRevision() <= registeredAt
              ? path.matchesPast(change)
              : path.matchesLive(change, same);
    };
  }
}
