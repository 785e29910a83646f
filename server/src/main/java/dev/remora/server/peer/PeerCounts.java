package dev.remora.server.peer;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What goes between this member and each other, since the start; snapshots are not in it. Counted
 * on the replica's loop, read by any thread.
 */
public final class PeerCounts {
  private final ConcurrentMap<Long, Count> counts = new ConcurrentHashMap<>();

  /**
   * Of one other member.
   *
   * @param sentBytes handed to the connection
   * @param lost messages that were not, since there was no connection or it was full
   */
  public record Read(long sentBytes, long receivedBytes, long lost) {}

  /** The numbers of one. */
  static final class Count {
    private final AtomicLong sentBytes = new AtomicLong();
    private final AtomicLong receivedBytes = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();

    void sent(int bytes) {
      add(sentBytes, bytes);
    }

    void received(int bytes) {
      add(receivedBytes, bytes);
    }

    void lost() {
      add(lost, 1);
    }

    /** One loop writes. */
    private static void add(AtomicLong to, long more) {
      to.lazySet(to.getPlain() + more);
    }
  }

  PeerCounts() {}

  /** Those of a member, by its id. */
  Count of(long peer) {
    return counts.computeIfAbsent(peer, _ -> new Count());
  }

  /** Of all that this member has had to do with, by their ids. */
  public Map<Long, Read> all() {
    Map<Long, Read> all = new TreeMap<>(Long::compareUnsigned);
    counts.forEach((peer, count) ->
        all.put(
            peer, new Read(count.sentBytes.get(), count.receivedBytes.get(), count.lost.get())));
    return all;
  }
}
