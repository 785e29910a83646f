package dev.remora.agent.runner;

import dev.remora.agent.service.Txn;
import dev.remora.agent.view.Event;
import dev.remora.agent.view.KeyRange;
import dev.remora.agent.view.KeyValue;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;

/**
 * The registry, as the agent needs it. Every answer arrives on the runner's context. A call fails
 * with {@link RegistryException} when no endpoint gave a usable answer; each endpoint has been
 * tried once by then, and waiting before the next call is the caller's.
 */
public interface Registry {
  /** Reads all ranges at one revision, linearizably. At most 128 go into one transaction. */
  Future<Ranges> read(List<KeyRange> ranges);

  /**
   * Asks, linearizably, what tells whether ranges are as they are known: as long as both numbers
   * are the same, nothing in a range has changed. Of more than 128 ranges the first 128 are
   * answered.
   */
  Future<List<Newest>> newest(List<KeyRange> ranges);

  /** How many keys a range holds, and when one of them changed last; 0 for none. */
  record Newest(long count, long modRevision) {}

  /** Commits one guarded transaction. */
  Future<TxnResult> commit(Txn txn);

  /** Grants a new lease of the registry's choosing. */
  Future<Lease> grant(Duration ttl);

  /** Renews a lease. */
  Future<LeaseState> keepAlive(long lease);

  /** Ends a lease and removes its keys in one revision. An unknown lease is no failure. */
  Future<Void> revoke(long lease);

  /** Asks whether a lease lives. */
  Future<LeaseState> timeToLive(long lease);

  /** How many requests were sent so far, streams among them. */
  long requests();

  /** Reads the files of the connection anew, if there are any: certificates. */
  Future<Void> refresh();

  /**
   * Watches on one stream until it ends or is closed. Ends are reported once, through {@link
   * WatchListener#onEnd}; nothing is reported after {@link Watch#close}.
   */
  Watch watch(List<WatchFrom> ranges, WatchListener listener);

  /**
   * Answer of {@link #read}.
   *
   * @param values one list a range, in the order asked, keys ascending
   */
  record Ranges(long revision, List<List<KeyValue>> values) {
    public Ranges {
      values = values.stream().map(List::copyOf).toList();
    }
  }

  /** How a transaction ended. */
  sealed interface TxnResult {
    /** All puts are made. */
    record Committed(long revision) implements TxnResult {}

    /** A compare did not hold; nothing was changed. */
    record Refused() implements TxnResult {}

    /** The lease is gone; nothing was changed. */
    record LeaseNotFound() implements TxnResult {}
  }

  /** A granted lease; the registry may have raised the time to live. */
  record Lease(long id, Duration ttl) {}

  /** What the registry says of a lease. */
  sealed interface LeaseState {
    /** It lives for at least {@code ttl} more. */
    record Alive(Duration ttl) implements LeaseState {}

    /** It is unknown: expired, revoked, or never granted. */
    record Gone() implements LeaseState {}
  }

  /** A range and the first revision wanted of it. */
  record WatchFrom(KeyRange range, long revision) {}

  /** An open watch stream. */
  interface Watch {
    /** Closes the stream. May be called more than once. */
    void close();
  }

  /** Receives what a watch stream brings, on the runner's context. */
  interface WatchListener {
    /**
     * All watches of the stream are created.
     *
     * @param revision the revision of the member that serves them; it may lag behind the cluster
     */
    void onOpen(long revision);

    /** Events of whole revisions of one range, in revision order. */
    void onEvents(KeyRange range, List<Event> events);

    /** The range must be read anew: its next revision is compacted away. */
    void onCompacted(KeyRange range);

    /** The stream is over, for every range on it. */
    void onEnd(RegistryException reason);
  }
}
