package dev.remora.agent.service;

import java.util.List;

/**
 * Puts that are made together, if every compare holds.
 *
 * @param puts at most {@link #PUTS_MAX}
 */
public record Txn(List<Compare> compares, List<Put> puts) {
  /** Below etcd's 128 operations, with room for the compares. */
  public static final int PUTS_MAX = 100;

  public Txn {
    compares = List.copyOf(compares);
    puts = List.copyOf(puts);
    if (puts.size() > PUTS_MAX) {
      throw new IllegalStateException("too many puts in one transaction: " + puts.size());
    }
  }

  /** What must hold of a key. A missing key has lease 0 and modification revision 0. */
  public sealed interface Compare {
    /** The key lives under this lease. */
    record Lease(String key, long lease) implements Compare {}

    /** The key was last changed at this revision; 0 means that it does not exist. */
    record ModRevision(String key, long revision) implements Compare {}
  }

  /** Writes a value under a lease. */
  public record Put(String key, String value, long lease) {}
}
