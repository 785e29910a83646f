package dev.remora.server.raft.quorum;

import java.util.List;

/**
 * More than half of some voters. An empty one agrees to everything, so that it can be the other
 * half of a joint quorum.
 *
 * <p>Not thread-safe: counting uses a buffer of its own.
 */
public final class MajorityQuorum {
  private final long[] voters;
  private final long[] sorted;

  /**
   * Of these voters.
   *
   * @param voters ids without duplicates, in any order
   */
  public MajorityQuorum(List<Long> voters) {
    this.voters = voters.stream().mapToLong(Long::longValue).sorted().toArray();
    this.sorted = new long[voters.size()];
  }

  /** The number of voters. */
  public int size() {
    return voters.length;
  }

  /** Whether this member votes here. */
  public boolean contains(long id) {
    for (long voter : voters) {
      if (voter == id) {
        return true;
      }
    }
    return false;
  }

  /** The highest index that a majority has reached; {@link Long#MAX_VALUE} without voters. */
  public long committed(Reached reached) {
    int count = voters.length;
    if (count == 0) {
      return Long.MAX_VALUE;
    }
    for (int i = 0; i < count; i++) {
      insert(i, reached.index(voters[i]));
    }
    return sorted[count - (count / 2 + 1)];
  }

  /** Puts a value among the first {@code count} of the buffer, which are in ascending order. */
  private void insert(int count, long value) {
    int at = count;
    while (at > 0 && sorted[at - 1] > value) {
      sorted[at] = sorted[at - 1];
      at--;
    }
    sorted[at] = value;
  }

  /** How the voters have decided. */
  public VoteResult result(Ballots ballots) {
    int needed = voters.length / 2 + 1;
    int granted = 0;
    int missing = 0;
    for (long voter : voters) {
      switch (ballots.of(voter)) {
        case GRANTED -> granted++;
        case MISSING -> missing++;
        case REJECTED -> {}
      }
    }
    if (voters.length == 0 || granted >= needed) {
      return VoteResult.WON;
    }
    return granted + missing >= needed ? VoteResult.PENDING : VoteResult.LOST;
  }

  /** How far each voter is. */
  public interface Reached {
    /** The voter's index, 0 if nothing is known of it. */
    long index(long voter);
  }

  /** What each voter has answered. */
  public interface Ballots {
    /** The voter's answer. */
    Ballot of(long voter);
  }

  /** One voter's answer. */
  public enum Ballot {
    /** None yet. */
    MISSING,
    /** Yes. */
    GRANTED,
    /** No. */
    REJECTED
  }
}
