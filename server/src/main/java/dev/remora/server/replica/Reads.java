package dev.remora.server.replica;

import dev.remora.server.apply.State;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Linearizable reads that are under way: gathered, then asked about under one token, then waiting
 * until the place they were told is applied (Raft dissertation §6.4). On the replica's loop only.
 */
final class Reads {
  private final Clocks clocks;
  private List<Reader> gathered = new ArrayList<>();
  private final Map<Long, Asked> asked = new HashMap<>();

  /** In the order they were confirmed; their places rise. */
  private final Deque<Confirmed> confirmed = new ArrayDeque<>();

  private long token;

  private record Reader(Consumer<Optional<State>> done, long sinceNanos) {}

  private record Asked(long nanos, List<Reader> readers) {}

  private record Confirmed(long index, List<Reader> readers) {}

  /**
   * Begins.
   *
   * @param firstToken random: an answer that was meant for an earlier boot must find nobody
   */
  Reads(Clocks clocks, long firstToken) {
    this.clocks = clocks;
    this.token = firstToken;
  }

  void add(Consumer<Optional<State>> done) {
    gathered.add(new Reader(done, clocks.monotonicNanos()));
  }

  /** The token to ask with for all that gathered; none if nobody did. */
  OptionalLong next() {
    if (gathered.isEmpty()) {
      return OptionalLong.empty();
    }
    asked.put(++token, new Asked(clocks.monotonicNanos(), gathered));
    gathered = new ArrayList<>();
    return OptionalLong.of(token);
  }

  /** A place is known: those who asked with this token are served once it is applied. */
  void readable(long confirmedToken, long index, State published) {
    Asked known = asked.remove(confirmedToken);
    if (known == null) {
      return; // Asked again since, or given up.
    }
    confirmed.add(new Confirmed(index, known.readers()));
    applied(published);
  }

  /** Serves those whose place is reached. */
  void applied(State published) {
    confirmed.removeIf(reads -> {
      boolean isReached = reads.index() <= published.index();
      if (isReached) {
        reads.readers().forEach(reader -> reader.done().accept(Optional.of(published)));
      }
      return isReached;
    });
  }

  /** What was asked before this time may be lost: it is to be asked again, with another token. */
  void again(long beforeNanos) {
    asked
        .values()
        .removeIf(lost -> {
          boolean isOld = lost.nanos() - beforeNanos < 0;
          if (isOld) {
            gathered.addAll(lost.readers());
          }
          return isOld;
        });
  }

  /** Answers those who have waited since before this time with nothing. */
  void giveUp(long beforeNanos) {
    gathered.removeIf(reader -> isGivenUp(reader, beforeNanos));
    asked
        .values()
        .forEach(group -> group.readers().removeIf(reader -> isGivenUp(reader, beforeNanos)));
    confirmed.forEach(reads -> reads.readers().removeIf(reader -> isGivenUp(reader, beforeNanos)));
    asked.values().removeIf(group -> group.readers().isEmpty());
    confirmed.removeIf(reads -> reads.readers().isEmpty());
  }

  /** Answers all with nothing. */
  void stop() {
    giveUp(clocks.monotonicNanos() + 1);
  }

  private static boolean isGivenUp(Reader reader, long beforeNanos) {
    boolean isOverdue = reader.sinceNanos() - beforeNanos < 0;
    if (isOverdue) {
      reader.done().accept(Optional.empty());
    }
    return isOverdue;
  }
}
