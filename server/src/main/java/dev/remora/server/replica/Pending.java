package dev.remora.server.replica;

import dev.remora.server.apply.Command;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Proposals of this boot whose entries are not applied yet, by sequence. On the replica's loop
 * only.
 */
final class Pending {
  private final Clocks clocks;

  /** The oldest first. */
  private final Map<Long, Since> bySequence = new LinkedHashMap<>();

  private record Since(Propose propose, long nanos, long term) {}

  /** The term of what no leader has. */
  static final long UNSENT = Long.MAX_VALUE;

  /** A command that another loop wants done. */
  record Propose(Mailbox from, Command command, Consumer<Answer> done) {}

  Pending(Clocks clocks) {
    this.clocks = clocks;
  }

  /**
   * Takes note of one.
   *
   * @param term in which it is handed to the leader; {@link #UNSENT} if nobody leads
   */
  void add(long sequence, Propose propose, long term) {
    bySequence.put(sequence, new Since(propose, clocks.monotonicNanos(), term));
  }

  /** It is handed to the leader in this term. False if it was given up meanwhile. */
  boolean send(long sequence, long term) {
    return bySequence.computeIfPresent(
            sequence, (_, old) -> new Since(old.propose(), old.nanos(), term))
        != null;
  }

  /** Takes it out; nothing if it was given up. */
  Optional<Propose> take(long sequence) {
    return Optional.ofNullable(bySequence.remove(sequence)).map(Since::propose);
  }

  /** Takes out those that were handed to a leader of a term before this one. */
  void takeSentBefore(long term, Consumer<Propose> lost) {
    bySequence
        .values()
        .removeIf(since -> {
          boolean isLost = since.term() < term;
          if (isLost) {
            lost.accept(since.propose());
          }
          return isLost;
        });
  }

  /** Takes out those that have waited since before this time. */
  void takeOverdue(long beforeNanos, Consumer<Propose> overdue) {
    Iterator<Since> oldest = bySequence.values().iterator();
    while (oldest.hasNext()) {
      Since next = oldest.next();
      if (next.nanos() - beforeNanos >= 0) {
        return;
      }
      oldest.remove();
      overdue.accept(next.propose());
    }
  }
}
