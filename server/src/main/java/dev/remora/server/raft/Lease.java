package dev.remora.server.raft;

/**
 * For how long a leader may count on the votes that its followers refuse to others: four fifths of
 * an election timeout from when a message left that a quorum has answered (Raft dissertation
 * §6.4.1).
 *
 * <p>Only for {@link RaftConfig#leaseReads}: it trusts that clocks run at about the same speed and
 * that no member that has answered forgets it by a restart.
 */
class Lease {
  private static final long TENTHS = 8;

  private final int electionTicks;

  /** The read position that is being measured, 0 for none, and when it was begun. */
  private long measured;

  private long measuredAt;
  private long confirmedAt = Long.MIN_VALUE;

  Lease(int electionTicks) {
    this.electionTicks = electionTicks;
  }

  /** Messages with this read position leave from now on. */
  void sent(long position, long now) {
    if (measured == 0) {
      measured = position;
      measuredAt = now;
    }
  }

  /** A quorum has answered messages with this read position, or newer ones. */
  final void answered(long position) {
    if (measured != 0 && position >= measured) {
      confirmedAt = measuredAt;
      measured = 0;
    }
  }

  /** Whether nobody else can have become leader by now. */
  boolean isValid(long now) {
    return confirmedAt != Long.MIN_VALUE
        && (now - confirmedAt) * 10 < TENTHS * (long) electionTicks;
  }

  final void reset() {
    measured = 0;
    confirmedAt = Long.MIN_VALUE;
  }
}
