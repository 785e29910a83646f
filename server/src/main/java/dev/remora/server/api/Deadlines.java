package dev.remora.server.api;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What waits for an answer of the replica, and until when. All wait equally long and most are
 * answered in order, so that a queue does: it costs a request no timer. For one event loop.
 */
public final class Deadlines {
  private final long waitNanos;
  private final Deque<Waiting> waiting = new ArrayDeque<>();

  /** Whatever is added waits this long. */
  public Deadlines(long waitNanos) {
    this.waitNanos = waitNanos;
  }

  /** Something that waits. It ends once: answered in time, or given up. */
  public static final class Waiting {
    private final long deadlineNanos;
    private final Runnable onTimeout;
    private boolean isOver;

    private Waiting(long deadlineNanos, Runnable onTimeout) {
      this.deadlineNanos = deadlineNanos;
      this.onTimeout = onTimeout;
    }
  }

  /**
   * Begins to wait.
   *
   * @param nowNanos by the clock that is asked in {@link #expire} too
   * @param onTimeout run if nothing ends it in time
   */
  public Waiting add(long nowNanos, Runnable onTimeout) {
    Waiting added = new Waiting(nowNanos + waitNanos, onTimeout);
    waiting.add(added);
    return added;
  }

  /** Ends a waiting by its answer; false if it was given up before. */
  public boolean end(Waiting ended) {
    boolean isFirst = !ended.isOver;
    ended.isOver = true;
    dropOver();
    return isFirst;
  }

  /** Gives up what has waited too long. */
  public void expire(long nowNanos) {
    dropOver();
    for (Waiting first = waiting.peek();
        first != null && nowNanos - first.deadlineNanos >= 0;
        first = waiting.peek()) {
      first.isOver = true;
      dropOver();
      first.onTimeout.run();
    }
  }

  /** How many wait, or are answered and stand behind one that waits. */
  int size() {
    return waiting.size();
  }

  private void dropOver() {
    for (Waiting first = waiting.peek(); first != null && first.isOver; first = waiting.peek()) {
      waiting.remove();
    }
  }
}
