package dev.remora.server.replica;

import dev.remora.server.apply.Member;
import dev.remora.server.apply.State;
import java.util.Optional;

/**
 * Whether this member has made of the log what others have: what each says of its state travels
 * behind the entries that made it. What is said of a place that this member has not come to waits
 * until then; of places long ago it knows nothing any more. On the replica's loop only.
 */
final class StateCheck {
  /** How many places are known; a power of two. */
  private static final int KEPT = 1 << 16;

  private final long self;
  private final long[] digests = new long[KEPT];
  private Transport transport = Transport.NONE;
  private long first;
  private long last;
  private Optional<StateClaim> held = Optional.empty();

  /**
   * Begins.
   *
   * @param self this member's id
   */
  StateCheck(long self, State start) {
    this.self = self;
    restart(start);
  }

  /** Has a way to the other members. */
  void connect(Transport way) {
    transport = way;
  }

  /** Goes on from a snapshot. */
  void restart(State start) {
    first = start.index();
    applied(start.index(), start.digest());
  }

  /** This member has applied the next entry. */
  void applied(long index, long digest) {
    last = index;
    digests[slot(index)] = digest;
    first = Math.max(first, index - KEPT + 1);
  }

  /** Says to all others what the state here is. */
  void tell(State state) {
    StateClaim claim = new StateClaim(state.index(), state.digest());
    for (Member member : state.members().list()) {
      if (member.id() != self) {
        transport.tell(member.id(), claim);
      }
    }
  }

  /** Whether another member has made something else of the log, up to what it said last. */
  boolean differs(StateClaim other) {
    boolean differedBefore = held.filter(this::isReached).filter(this::isWrong).isPresent();
    held = isReached(other) ? Optional.empty() : Optional.of(other);
    return differedBefore || (held.isEmpty() && isWrong(other));
  }

  private boolean isReached(StateClaim claim) {
    return claim.index() <= last;
  }

  private boolean isWrong(StateClaim claim) {
    return claim.index() >= first && digests[slot(claim.index())] != claim.digest();
  }

  private static int slot(long index) {
    return (int) (index & (KEPT - 1));
  }
}
