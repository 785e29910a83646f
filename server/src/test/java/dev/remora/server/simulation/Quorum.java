package dev.remora.server.simulation;

import dev.remora.server.raft.ConfState;
import java.util.List;

/**
 * The voters of a configuration as sets of bits, and what a majority of them is: counted anew here,
 * so that the checks do not lean on the code they check.
 *
 * @param incoming the voters; in a joint configuration, the incoming half
 * @param outgoing the outgoing half, else none
 */
record Quorum(long incoming, long outgoing) {
  static final Quorum NONE = new Quorum(0, 0);

  static Quorum of(ConfState conf) {
    return new Quorum(bits(conf.voters()), bits(conf.votersOutgoing()));
  }

  static long bits(List<Long> members) {
    long bits = 0;
    for (long member : members) {
      bits |= 1L << member;
    }
    return bits;
  }

  long voters() {
    return incoming | outgoing;
  }

  /** Whether these members decide: a majority of each half that has any. */
  boolean isReachedBy(long members) {
    return isMajority(incoming, members) && isMajority(outgoing, members);
  }

  private static boolean isMajority(long of, long members) {
    return of == 0 || 2 * Long.bitCount(of & members) > Long.bitCount(of);
  }

  /** Whether every quorum of this one has a member in common with every quorum of the other. */
  boolean intersects(Quorum other) {
    long all = voters();
    for (long some = all; some != 0; some = (some - 1) & all) {
      if (isReachedBy(some) && other.voters() != 0 && other.isReachedBy(other.voters() & ~some)) {
        return false;
      }
    }
    return true;
  }
}
