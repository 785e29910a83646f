package dev.remora.server.api;

import dev.remora.server.apply.State;
import dev.remora.server.mvcc.Keyspace;
import dev.remora.server.replica.Door;
import dev.remora.server.watch.Interest;
import dev.remora.server.watch.Sink;
import dev.remora.server.watch.WatchHub;
import dev.remora.server.watch.Watcher;
import io.vertx.core.Context;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The watchers of one event loop, fed from the replica. To be used on that loop only.
 *
 * <p>Watchers that are behind read on in turns of bounded length, so that other requests of the
 * loop are served in between. Without watchers the replica is not followed: a loop that is not told
 * of each write is not woken for it, and no old keyspace is kept in memory.
 */
public final class WatchFeed {
  /** Changes looked at in one turn: well below a millisecond of work, as a rule. */
  private static final int CHANGES_A_TURN = 4_096;

  private final Context context;
  private final Door door;
  private final Consumer<State> follower = this::advance;
  private WatchHub hub = new WatchHub(Keyspace.EMPTY);
  private boolean isFollowing;
  private boolean isScheduled;

  /** For who counts them all: of any thread. */
  private final AtomicInteger shown = new AtomicInteger();

  /** A feed without watchers. */
  public WatchFeed(Context context, Door door) {
    this.context = context;
    this.door = door;
  }

  /** The newest revision that synced watchers have been told of; without any, the newest. */
  public long revision() {
    return isFollowing ? hub.revision() : door.state().revision();
  }

  /** How many watchers there are. */
  public int size() {
    return hub.size();
  }

  /** How many watchers there are, for any thread. */
  public int shown() {
    return shown.get();
  }

  /**
   * Begins to watch; see {@link WatchHub#watch}. Nothing is offered before this returns, and what
   * was answered to anybody before the call counts as past.
   */
  public Watcher watch(Interest interest, long next, Sink sink) {
    follow();
    hub.advance(door.state().keyspace());
    Watcher watcher = hub.watch(interest, next, sink);
    shown.lazySet(hub.size());
    schedule();
    return watcher;
  }

  /** Ends a watcher. */
  public void cancel(Watcher watcher) {
    hub.cancel(watcher);
    shown.lazySet(hub.size());
  }

  /** Goes on with a watcher whose sink had answered false. */
  public void resume(Watcher watcher) {
    hub.resume(watcher);
    schedule();
  }

  private void follow() {
    if (!isFollowing) {
      isFollowing = true;
      hub = new WatchHub(door.state().keyspace());
      door.follow(follower);
    }
  }

  private void advance(State state) {
    hub.advance(state.keyspace());
    shown.lazySet(hub.size());
    if (isFollowing && hub.size() == 0) {
      isFollowing = false;
      hub = new WatchHub(Keyspace.EMPTY);
      door.unfollow(follower);
    }
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
