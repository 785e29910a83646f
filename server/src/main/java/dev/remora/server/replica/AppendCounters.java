package dev.remora.server.replica;

import dev.remora.server.raft.Message;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is sent to the other members to be appended, and comes from the leader: for v2's statistics.
 * Filled on the replica's loop; any thread may read it.
 */
public final class AppendCounters {
  private static final double MILLIS = 1e-6;

  private final Clocks clocks;
  private final Map<Long, Follower> followers = new TreeMap<>(Long::compareUnsigned);
  private long received;
  private long sent;

  /**
   * How a follower answered, since this member leads; in milliseconds.
   *
   * @param succeeded how many answers there were
   * @param failed how many messages were dropped
   * @param sum of all latencies
   * @param squares the sum of their squares
   */
  public record Latency(
      long succeeded,
      long failed,
      double current,
      double minimum,
      double maximum,
      double sum,
      double squares) {
    static final Latency NONE = new Latency(0, 0, 0, Long.MAX_VALUE, 0, 0, 0);

    Latency plus(double millis) {
      return new Latency(
          succeeded + 1,
          failed,
          millis,
          Math.min(minimum, millis),
          Math.max(maximum, millis),
          sum + millis,
          squares + millis * millis);
    }

    Latency plusFailure() {
      return new Latency(succeeded, failed + 1, current, minimum, maximum, sum, squares);
    }

    /** The mean. */
    public double average() {
      return succeeded == 0 ? 0 : sum / succeeded;
    }

    /** How far they lie from the mean. */
    public double standardDeviation() {
      double mean = average();
      return succeeded == 0 ? 0 : Math.sqrt(Math.max(0, squares / succeeded - mean * mean));
    }
  }

  /** Of one follower; a message that is not answered yet has a time. */
  private record Follower(Latency latency, long sentNanos, boolean isWaiting) {
    static final Follower NEW = new Follower(Latency.NONE, 0, false);
  }

  /** Nothing was counted yet. */
  public AppendCounters(Clocks clocks) {
    this.clocks = clocks;
  }

  /** A message leaves. */
  public synchronized void sent(Message message) {
    if (message instanceof Message.Append) {
      sent++;
      Follower follower = followers.getOrDefault(message.to(), Follower.NEW);
      if (!follower.isWaiting()) {
        followers.put(
            message.to(), new Follower(follower.latency(), clocks.monotonicNanos(), true));
      }
    }
  }

  /** A message has come. */
  public synchronized void received(Message message) {
    if (message instanceof Message.Append) {
      received++;
      followers.clear(); // Another leads.
    } else if (message instanceof Message.AppendResponse) {
      Follower follower = followers.get(message.from());
      if (follower != null && follower.isWaiting()) {
        double millis = (clocks.monotonicNanos() - follower.sentNanos()) * MILLIS;
        followers.put(message.from(), new Follower(follower.latency().plus(millis), 0, false));
      }
    }
  }

  /** A message to this member was dropped. */
  public synchronized void dropped(long member) {
    Follower follower = followers.get(member);
    if (follower != null) {
      followers.put(member, new Follower(follower.latency().plusFailure(), 0, false));
    }
  }

  /** How many appends were sent since the start. */
  public synchronized long sent() {
    return sent;
  }

  /** How many appends have come since the start. */
  public synchronized long received() {
    return received;
  }

  /** How the follower of an id answered. */
  public synchronized Latency latency(long member) {
    return followers.getOrDefault(member, Follower.NEW).latency();
  }
}
