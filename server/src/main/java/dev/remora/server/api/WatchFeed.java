package dev.remora.server.api;

import dev.remora.server.replica.Door;
import dev.remora.server.watch.Interest;
import dev.remora.server.watch.Sink;
import dev.remora.server.watch.WatchHub;
import dev.remora.server.watch.Watcher;
import io.vertx.core.Context;

/**
 * The watchers of one event loop, fed from the replica. To be used on that loop only.
 *
 * <p>Watchers that are behind read on in turns of bounded length, so that other requests of the
 * loop are served in between.
 */
public final class WatchFeed {
  /** Changes looked at in one turn: well below a millisecond of work, as a rule. */
  private static final int CHANGES_A_TURN = 4_096;

  private final Context context;
  private final Door door;
  private final WatchHub hub;
  private boolean isScheduled;

  /** Begins to follow the replica. */
  public WatchFeed(Context context, Door door) {
    this.context = context;
    this.door = door;
    this.hub = new WatchHub(door.state().keyspace());
    door.follow(state -> hub.advance(state.keyspace()));
  }

  /** The newest revision that synced watchers have been told of. */
  public long revision() {
    return hub.revision();
  }

  /** How many watchers there are. */
  public int size() {
    return hub.size();
  }

  /**
   * Begins to watch; see {@link WatchHub#watch}. Nothing is offered before this returns, and what
   * was answered to anybody before the call counts as past.
   */
  public Watcher watch(Interest interest, long next, Sink sink) {
    hub.advance(door.state().keyspace());
    Watcher watcher = hub.watch(interest, next, sink);
    schedule();
    return watcher;
  }

  /** Ends a watcher. */
  public void cancel(Watcher watcher) {
    hub.cancel(watcher);
  }

  /** Goes on with a watcher whose sink had answered false. */
  public void resume(Watcher watcher) {
    hub.resume(watcher);
    schedule();
  }

  private void schedule() {
    if (hub.hasBehind() && !isScheduled) {
      isScheduled = true;
      context.runOnContext(_ -> catchUp());
    }
  }

  private void catchUp() {
    isScheduled = false;
    hub.catchUp(CHANGES_A_TURN);
    schedule();
  }
}
