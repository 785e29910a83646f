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

  private record Since(Propose propose, long nanos) {}

  /** A command that another loop wants done. */
  record Propose(Mailbox from, Command command, Consumer<Answer> done) {}

  Pending(Clocks clocks) {
    this.clocks = clocks;
  }

  void add(long sequence, Propose propose) {
    bySequence.put(sequence, new Since(propose, clocks.monotonicNanos()));
  }

  /** Takes it out; nothing if it was given up. */
  Optional<Propose> take(long sequence) {
    return Optional.ofNullable(bySequence.remove(sequence)).map(Since::propose);
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
