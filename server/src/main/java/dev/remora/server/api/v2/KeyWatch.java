package dev.remora.server.api.v2;

import dev.remora.server.api.WatchFeed;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.Change;
import dev.remora.server.mvcc.DirectoryChange;
import dev.remora.server.mvcc.Keyspace;
import dev.remora.server.mvcc.Version;
import dev.remora.server.tree.TreeEvent;
import dev.remora.server.watch.Interest;
import dev.remora.server.watch.Sink;
import dev.remora.server.watch.Watcher;
import io.vertx.core.http.HttpServerResponse;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One watch: a long poll, which ends with its first event, or a stream. Used on one event loop.
 *
 * <p>A stream whose connection is full is left alone until that has drained; it then reads on from
 * the history. Of a revision with many events, the rest is kept meanwhile.
 */
final class KeyWatch implements Sink {
  private static final Logger LOG = LoggerFactory.getLogger(KeyWatch.class);

  private final WatchFeed feed;
  private final KeysReplies replies;
  private final HttpServerResponse response;
  private final boolean isStream;
  private final LongAdder watchers;
  private boolean isCounted;
  private Optional<Watcher> watcher = Optional.empty();

  /** What could not be written yet of the last revision offered, and where it is told from. */
  private List<Change> rest = List.of();

  private Keyspace restKeyspace = Keyspace.EMPTY;

  KeyWatch(
      WatchFeed feed,
      KeysReplies replies,
      HttpServerResponse response,
      boolean isStream,
      LongAdder watchers) {
    this.feed = feed;
    this.replies = replies;
    this.response = response;
    this.isStream = isStream;
    this.watchers = watchers;
  }

  /** Begins, after the headers were sent; ends when the client goes away. */
  void start(Interest interest, long next) {
    response.exceptionHandler(_ -> cancel());
    response.closeHandler(_ -> cancel());
    response.drainHandler(_ -> resume());
    isCounted = true;
    watchers.increment();
    watcher = Optional.of(feed.watch(interest, next, this));
  }

  @Override
  public boolean offer(long revision, List<Change> changes, Keyspace keyspace) {
    try {
      return tell(changes, keyspace);
    } catch (RuntimeException e) {
      // One watcher's bug must not end the others.
      LOG.error("a watch failed at revision={}", revision, e);
      cancel();
      response.reset();
      return true;
    }
  }

  private boolean tell(List<Change> changes, Keyspace keyspace) {
    if (isStream) {
      rest = changes;
      restKeyspace = keyspace;
      return writeRest();
    }
    cancel();
    Change first =
        changes.size() == 1
            ? changes.getFirst()
            : changes.stream().min(Comparator.comparing(KeyWatch::path)).orElseThrow();
    response.end(replies.line(TreeEvent.of(first, keyspace)));
    return true;
  }

  @Override
  public void compacted(long compactRevision) {
    // There is no error in the middle of a v2 stream: the cut tells the client to read anew.
    response.reset();
  }

  private void cancel() {
    if (isCounted) {
      isCounted = false;
      watchers.decrement();
    }
    watcher.ifPresent(feed::cancel);
    rest = List.of();
    restKeyspace = Keyspace.EMPTY;
  }

  private void resume() {
    if (writeRest()) {
      watcher.ifPresent(feed::resume);
    }
  }

  /** Writes while the connection takes it; whether all is written and it takes more. */
  private boolean writeRest() {
    int written = 0;
    while (written < rest.size() && !response.writeQueueFull()) {
      response.write(replies.line(TreeEvent.of(rest.get(written), restKeyspace)));
      written++;
    }
    boolean isAll = written == rest.size();
    rest = isAll ? List.of() : List.copyOf(rest.subList(written, rest.size()));
    restKeyspace = isAll ? Keyspace.EMPTY : restKeyspace;
    return isAll && !response.writeQueueFull();
  }

  private static Bytes path(Change change) {
    return switch (change) {
      case Version version -> version.key();
      case DirectoryChange directory -> directory.path();
    };
  }
}
