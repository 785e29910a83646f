package dev.remora.server.api.v3;

import dev.remora.server.api.WatchFeed;
import dev.remora.server.api.v3.proto.Event;
import dev.remora.server.api.v3.proto.WatchCreateRequest;
import dev.remora.server.api.v3.proto.WatchCreateRequest.FilterType;
import dev.remora.server.api.v3.proto.WatchResponse;
import dev.remora.server.mvcc.Change;
import dev.remora.server.mvcc.DirectoryChange;
import dev.remora.server.mvcc.KeyRange;
import dev.remora.server.mvcc.Keyspace;
import dev.remora.server.mvcc.Version;
import dev.remora.server.watch.Interest;
import dev.remora.server.watch.Sink;
import dev.remora.server.watch.Watcher;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One watch of a {@link WatchStream}. */
final class Watch implements Sink {
  private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

  private final long id;
  private final WatchStream stream;
  private final long startRevision;
  private final boolean wantsPuts;
  private final boolean wantsDeletes;
  private final boolean wantsPrevious;
  private final boolean wantsProgress;
  private final boolean isFragmented;
  private @Nullable Watcher watcher;

  /** Whether events were sent since progress was last considered. */
  private boolean isBusy;

  Watch(long id, WatchCreateRequest request, WatchStream stream) {
    this.id = id;
    this.stream = stream;
    this.startRevision = request.getStartRevision();
    this.wantsPuts = !WatchStream.hasFilter(request, FilterType.NOPUT);
    this.wantsDeletes = !WatchStream.hasFilter(request, FilterType.NODELETE);
    this.wantsPrevious = request.getPrevKv();
    this.wantsProgress = request.getProgressNotify();
    this.isFragmented = request.getFragment();
  }

  long id() {
    return id;
  }

  /** Begins to watch. */
  void start(WatchFeed feed, KeyRange range, long next) {
    watcher = feed.watch(new Interest.Keys(range), next, this);
  }

  void stop(WatchFeed feed) {
    if (watcher != null) {
      feed.cancel(watcher);
    }
  }

  void resume(WatchFeed feed) {
    if (watcher != null) {
      feed.resume(watcher);
    }
  }

  /** Whether the client has been sent everything so far. */
  boolean isSynced() {
    return watcher != null && watcher.isSynced();
  }

  /** Whether a progress notice is due; to be asked once an interval. */
  boolean owesProgress(long revision) {
    boolean wasBusy = isBusy;
    isBusy = false;
    // Before its first revision is reached, a notice would promise what has not been (etcd #20221).
    return wantsProgress && !wasBusy && isSynced() && startRevision <= revision;
  }

  @Override
  public boolean offer(long revision, List<Change> changes, Keyspace keyspace) {
    try {
      return tell(revision, changes, keyspace);
    } catch (RuntimeException e) {
      // One watcher's bug must not end the others.
      LOG.error("a watch failed at revision={}", revision, e);
      stream.abort();
      return true;
    }
  }

  private boolean tell(long revision, List<Change> changes, Keyspace keyspace) {
    WatchResponse.Builder response = WatchResponse.newBuilder().setWatchId(id);
    for (Change change : changes) {
      switch (change) {
        case Version version -> {
          if (version.isTombstone() ? wantsDeletes : wantsPuts) {
            response.addEvents(event(version, keyspace));
          }
        }
        case DirectoryChange _ -> {}
      }
    }
    if (response.getEventsCount() == 0) {
      return true;
    }
    isBusy = true;
    return stream.sendEvents(revision, response, isFragmented);
  }

  private Event event(Version version, Keyspace keyspace) {
    Event.Builder event = Event.newBuilder().setKv(Responses.keyValue(version));
    if (version.isTombstone()) {
      event.setType(Event.EventType.DELETE);
    }
    if (wantsPrevious) {
      keyspace.liveBefore(version).ifPresent(before -> event.setPrevKv(Responses.keyValue(before)));
    }
    return event.build();
  }

  @Override
  public void compacted(long compactRevision) {
    stream.compacted(id, compactRevision);
  }
}
