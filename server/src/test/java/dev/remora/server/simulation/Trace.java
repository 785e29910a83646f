package dev.remora.server.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;

/**
 * What has happened: as a hash always, and as lines to read if wanted. Two runs of one seed have
 * the same hash.
 */
final class Trace {
  private static final int LINES_MAX = Integer.getInteger("simulation.lines", 400);

  private final Scheduler scheduler;
  private final boolean isReadable;
  private final Deque<String> lines = new ArrayDeque<>();
  private long hash = 17;

  /** Begins one; readable ones cost time. */
  Trace(Scheduler scheduler, boolean isReadable) {
    this.scheduler = scheduler;
    this.isReadable = isReadable;
  }

  long hash() {
    return hash;
  }

  /** The last lines. */
  List<String> lines() {
    return List.copyOf(lines);
  }

  /** Takes numbers into the hash. */
  void mix(long a, long b, long c) {
    hash = Mix.of(Mix.of(Mix.of(hash, scheduler.nowMicros()), a), Mix.of(b, c));
  }

  /** Notes something that both the hash and a reader should know. */
  void note(long kind, long member, Supplier<String> text) {
    mix(kind, member, 0);
    say(member, text);
  }

  /** Notes something for a reader only. */
  void say(long member, Supplier<String> text) {
    if (isReadable) {
      if (lines.size() == LINES_MAX) {
        lines.removeFirst();
      }
      String who = member == 0 ? "" : "  " + member;
      lines.addLast("%10.3f%s  %s".formatted(scheduler.nowMicros() / 1e3, who, text.get()));
    }
  }
}
