package dev.remora.server.watch;

import dev.remora.server.mvcc.Change;
import dev.remora.server.mvcc.Keyspace;
import java.util.List;

/**
 * Where a watcher's changes go. Called by its hub, on the hub's loop; may cancel its own watcher.
 */
public interface Sink {
  /**
   * Takes all changes of one revision that the watcher is interested in.
   *
   * @param changes in their order, at least one: versions only for {@link Interest.Keys}
   * @param keyspace where the versions before them can be asked for
   * @return whether it can take more at once; if not, nothing is lost: it says {@link
   *     WatchHub#resume} when it can
   */
  boolean offer(long revision, List<Change> changes, Keyspace keyspace);

  /** The watcher has ended: the next revision it wanted lies below the last compaction. */
  void compacted(long compactRevision);
}
