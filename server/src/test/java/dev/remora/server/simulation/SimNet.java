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

  /** Far more than the windows of all members together: who needs more sends without a bound. */
  private static final int UNDER_WAY_MAX = 200_000;

  private final Scheduler scheduler;
  private final RandomGenerator random;
  private final Marks marks;
  private final Receivers receivers;
  private final long delayMicrosMin;
  private final long delayMicrosSpan;
  private int underWay;
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

    /** The connection has broken, and the sender knows. */
    void lost(long from, long to);
  }

  /** One direction between two members, and what is wrong with it. */
  static final class Link {
    int cuts;
    int lostPercent;
    int duplicatedPercent;
    int reorderedPercent;
    int shortenedPercent;
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
      shortenedPercent = 0;
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
      lose(message);
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
    carry(arrival, () -> arrive(link, now, boot, message, content));
    if (isDrawn(link.duplicatedPercent) && !(message instanceof Message.Propose)) {
      // A connection doubles nothing; what is proposed twice is done twice, and that is not ours.
      marks.reach(Mark.MESSAGE_DUPLICATED);
      long again = arrival + random.nextLong(20 * (delayMicrosMin + delayMicrosSpan));
      carry(again, () -> arrive(link, now, boot, message, content));
    }
  }

  private void carry(long arrivalMicros, Runnable arrive) {
    if (++underWay > UNDER_WAY_MAX) {
      throw new Violation(Invariant.BOUNDS_HOLD, underWay + " messages are under way at once");
    }
    scheduler.at(
        arrivalMicros,
        () -> {
          underWay--;
          arrive.run();
        });
  }

  private void arrive(Link link, long sentMicros, long boot, Message message, long content) {
    boolean isReset =
        sentMicros <= link.sentBeforeMicros && scheduler.nowMicros() > link.arrivesUntilMicros;
    if (isReset || boot != receivers.boot(message.to())) {
      lose(message);
    } else if (message instanceof Message.Append append && isDrawn(link.shortenedPercent)) {
      marks.reach(Mark.APPEND_SHORTENED);
      receivers.receive(shortened(append), content);
    } else {
      receivers.receive(message, content);
    }
  }

  private void lose(Message message) {
    marks.reach(Mark.MESSAGE_LOST);
    if (random.nextInt(8) == 0) {
      receivers.lost(message.from(), message.to());
    }
  }

  /** As a leader of another version might send it that takes fewer entries at a time. */
  private Message.Append shortened(Message.Append append) {
    int size = random.nextInt(append.entries().size() + 1);
    return new Message.Append(
        append.from(),
        append.to(),
        append.term(),
        append.prevIndex(),
        append.prevTerm(),
        append.commit(),
        append.entries().subList(0, size),
        append.readPosition());
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
    link.freeAtMicros = Math.max(now, link.freeAtMicros) + bytes * 1_000_000 / link.bytesPerSecond;
    return link.freeAtMicros;
  }
}
