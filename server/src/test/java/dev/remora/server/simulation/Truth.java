package dev.remora.server.simulation;

import java.util.Arrays;

/**
 * What the group as a whole has decided, put together from all that was ever seen: who led which
 * term, which log goes with which last entry, what is committed.
 */
final class Truth {
  private static final long TERMS = 1L << 24;

  private final LongMap leaders = new LongMap();
  private final LongMap logs = new LongMap();

  /** By index: the hash of the committed log up to there. */
  private long[] committed = new long[256];

  /** By index: the term of the leader that committed it. */
  private long[] committedIn = new long[256];

  private long[] confs = new long[256];
  private long commit;
  private long acknowledged;

  /** The one that leads this term: the given one, if none was known. */
  long leader(long term, long member) {
    return leaders.putIfAbsent(term, member);
  }

  /** The one that is known to lead this term; 0 for none. */
  long leader(long term) {
    return leaders.get(term, 0);
  }

  /** The hash of every log that ends with this entry: the given one, if none was known. */
  long log(long index, long term, long chain) {
    return logs.putIfAbsent(index * TERMS + term, chain);
  }

  /** The last place that is committed. */
  long commit() {
    return commit;
  }

  long committedChain(long index) {
    return index == 0 ? 0 : committed[(int) index];
  }

  /** The last place that leaders before this term have committed. */
  long committedBefore(long term) {
    int low = 0;
    int high = (int) commit;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (committedIn[middle] < term) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  void commit(long index, long chain, long term) {
    if (index != commit + 1) {
      throw new IllegalStateException("commit of " + index + " after " + commit);
    }
    if (index == committed.length) {
      committed = Arrays.copyOf(committed, 2 * committed.length);
      committedIn = Arrays.copyOf(committedIn, 2 * committedIn.length);
      confs = Arrays.copyOf(confs, 2 * confs.length);
    }
    committed[(int) index] = chain;
    committedIn[(int) index] = term;
    commit = index;
  }

  /** The hash of the configuration that an entry led to: the given one, if none was known. */
  long conf(long index, long hash) {
    if (confs[(int) index] == 0) {
      confs[(int) index] = hash;
    }
    return confs[(int) index];
  }

  /**
   * The hash of the configuration in force at a place; 0 if the one from the beginning still is.
   */
  long confAt(long index) {
    int at = (int) index;
    while (at > 0 && confs[at] == 0) {
      at--;
    }
    return confs[at];
  }

  /** The last place that a client was told of. */
  long acknowledged() {
    return acknowledged;
  }

  void acknowledge(long index) {
    acknowledged = Math.max(acknowledged, index);
  }
}
