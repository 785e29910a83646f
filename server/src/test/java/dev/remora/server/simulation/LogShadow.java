package dev.remora.server.simulation;

import dev.remora.server.raft.Entry;
import dev.remora.server.raft.EntryKind;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * What a member's log holds, as numbers: of each entry the term, a hash of the log up to it, and
 * the bytes of payload up to it. Begins behind a snapshot.
 */
final class LogShadow {
  private long base;
  private long last;
  private long[] terms = new long[128];
  private long[] chains = new long[128];
  private long[] bytes = new long[128];

  /** The places of changes of the configuration, in order. */
  private final Deque<Long> changes = new ArrayDeque<>();

  /** The hash of an entry alone. */
  static long hash(Entry entry) {
    byte[] payload = entry.payload().array();
    long kind = entry.kind() == EntryKind.COMMAND ? 1 : 2;
    return Mix.of(Mix.of(entry.term(), kind), Arrays.hashCode(payload));
  }

  /** Forgets all; the log goes on behind this place. */
  void restart(long index, long term, long chain) {
    base = index;
    last = index;
    terms[0] = term;
    chains[0] = chain;
    bytes[0] = 0;
    changes.clear();
  }

  /** Puts an entry there, and none behind it; returns the hash of the log up to it. */
  long put(Entry entry, long entryHash) {
    long index = entry.index();
    if (index <= base || index > last + 1) {
      throw new IllegalArgumentException(
          "entry " + index + " for a log of " + base + " to " + last);
    }
    int at = (int) (index - base);
    if (at == terms.length) {
      terms = Arrays.copyOf(terms, 2 * at);
      chains = Arrays.copyOf(chains, 2 * at);
      bytes = Arrays.copyOf(bytes, 2 * at);
    }
    terms[at] = entry.term();
    chains[at] = Mix.of(chains[at - 1], entryHash);
    bytes[at] = bytes[at - 1] + entry.payload().size();
    last = index;
    while (!changes.isEmpty() && changes.getLast() >= index) {
      changes.removeLast();
    }
    if (entry.kind() == EntryKind.CONF_CHANGE) {
      changes.addLast(index);
    }
    return chains[at];
  }

  long base() {
    return base;
  }

  long last() {
    return last;
  }

  /** The newest change of the configuration; 0 for none that is known. */
  long lastChange() {
    return changes.isEmpty() ? 0 : changes.getLast();
  }

  boolean knows(long index) {
    return index >= base && index <= last;
  }

  long term(long index) {
    return terms[(int) (index - base)];
  }

  /** The hash of the log up to there. */
  long chain(long index) {
    return chains[(int) (index - base)];
  }

  /** Bytes of payload from the log's beginning up to there. */
  long bytes(long index) {
    return bytes[(int) (Math.max(index, base) - base)];
  }
}
