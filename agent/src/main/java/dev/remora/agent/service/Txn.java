package dev.remora.agent.service;

import java.util.List;

/**
 * Puts and deletes that are made together, if every compare holds.
 *
 * @param puts with the deletes at most {@link #PUTS_MAX}
 * @param deletes keys to remove
 */
public record Txn(List<Compare> compares, List<Put> puts, List<String> deletes) {
  /** Below etcd's 128 operations, with room for the compares. */
  public static final int PUTS_MAX = 100;

  public Txn {
    compares = List.copyOf(compares);
    puts = List.copyOf(puts);
    deletes = List.copyOf(deletes);
    int operations = puts.size() + deletes.size();
    if (operations > PUTS_MAX) {
      throw new IllegalStateException("too many operations in one transaction: " + operations);
    }
  }

  /** A transaction that deletes nothing. */
  public Txn(List<Compare> compares, List<Put> puts) {
    this(compares, puts, List.of());
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
