package dev.remora.server.simulation;

import dev.remora.server.raft.Entry;
import dev.remora.server.raft.Message;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The network between members: a link for each direction of each pair. Without faults a link is a
 * stream: late, but in order. A message for a process that has ended meanwhile is lost with its
 * connection.
 */
final class SimNet {
  static final int MEMBERS_MAX = 64;

  private static final int HEADER_BYTES = 50;

  private final Scheduler scheduler;
  private final RandomGenerator random;
  private final Marks marks;
  private final Receivers receivers;
  private final long delayMicrosMin;
  private final long delayMicrosSpan;
  private final @Nullable Link[][] links = new @Nullable Link[MEMBERS_MAX][MEMBERS_MAX];

  /** Who is at the other ends. */
  interface Receivers {
    /** Counts the starts of a member's process. */
    long boot(long member);

    /**
     * A message has arrived.
     *
     * @param content what travels with a snapshot, else 0
     */
    void receive(Message message, long content);
  }

  /** One direction between two members, and what is wrong with it. */
  static final class Link {
    int cuts;
    int lostPercent;
    int duplicatedPercent;
    int reorderedPercent;
    long extraMicros;
    long bytesPerSecond;

    private long freeAtMicros;
    private long lastArrivalMicros;

    /** Of what was sent before the last reset, nothing arrives after this. */
    private long sentBeforeMicros = -1;

    private long arrivesUntilMicros;

    /** All is well with it again. */
    void heal() {
      cuts = 0;
      lostPercent = 0;
      duplicatedPercent = 0;
      reorderedPercent = 0;
      extraMicros = 0;
      bytesPerSecond = 0;
      freeAtMicros = 0;
    }
  }

  SimNet(
      Scheduler scheduler, RandomGenerator random, Marks marks, Swarm swarm, Receivers receivers) {
    this.scheduler = scheduler;
    this.random = random;
    this.marks = marks;
    this.receivers = receivers;
    this.delayMicrosMin = swarm.netMicrosMin;
    this.delayMicrosSpan = swarm.netMicrosSpan;
  }

  Link link(long from, long to) {
    Link link = links[(int) from][(int) to];
    if (link == null) {
      link = new Link();
      links[(int) from][(int) to] = link;
    }
    return link;
  }

  void healAll() {
    for (@Nullable Link[] row : links) {
      for (Link link : row) {
        if (link != null) {
          link.heal();
        }
      }
    }
  }

  /** Breaks the connection: some suffix of what is under way is lost. */
  void reset(long from, long to) {
    Link link = link(from, to);
    link.sentBeforeMicros = scheduler.nowMicros();
    link.arrivesUntilMicros = scheduler.nowMicros() + random.nextLong(delayMicrosSpan);
    marks.reach(Mark.CONNECTION_RESET);
  }

  void send(Message message, long content) {
    Link link = link(message.from(), message.to());
    if (link.cuts > 0 || isDrawn(link.lostPercent)) {
      marks.reach(Mark.MESSAGE_LOST);
      return;
    }
    long now = scheduler.nowMicros();
    long arrival = departure(link, message, now) + delay(link);
    if (isDrawn(link.reorderedPercent)) {
      marks.reach(Mark.MESSAGE_REORDERED);
      arrival += random.nextLong(4 * (delayMicrosMin + delayMicrosSpan));
    } else {
      arrival = Math.max(arrival, link.lastArrivalMicros);
      link.lastArrivalMicros = arrival;
    }
    long boot = receivers.boot(message.to());
    scheduler.at(arrival, () -> arrive(link, now, boot, message, content));
    if (isDrawn(link.duplicatedPercent)) {
      marks.reach(Mark.MESSAGE_DUPLICATED);
      long again = arrival + random.nextLong(20 * (delayMicrosMin + delayMicrosSpan));
      scheduler.at(again, () -> arrive(link, now, boot, message, content));
    }
  }

  private void arrive(Link link, long sentMicros, long boot, Message message, long content) {
    boolean isReset =
        sentMicros <= link.sentBeforeMicros && scheduler.nowMicros() > link.arrivesUntilMicros;
    if (isReset || boot != receivers.boot(message.to())) {
      marks.reach(Mark.MESSAGE_LOST);
    } else {
      receivers.receive(message, content);
    }
  }

  private boolean isDrawn(int percent) {
    return percent > 0 && random.nextInt(100) < percent;
  }

  /** Mostly short, sometimes long. */
  private long delay(Link link) {
    long span = random.nextLong(delayMicrosSpan) >> random.nextInt(4);
    return delayMicrosMin + link.extraMicros + span;
  }

  private static long departure(Link link, Message message, long now) {
    if (link.bytesPerSecond == 0) {
      return now;
    }
    long bytes = HEADER_BYTES;
    if (message instanceof Message.Append append) {
      for (Entry entry : append.entries()) {
        bytes += HEADER_BYTES + entry.payload().size();
      }
    }
    link.freeAtMicros =
        Math.max(now, link.freeAtMicros) + bytes * 1_000_000 / link.bytesPerSecond;
    return link.freeAtMicros;
  }
}
