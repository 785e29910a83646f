package dev.remora.server.replica;

import dev.remora.server.apply.Command;
import dev.remora.server.apply.State;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What one event loop may ask of the replica. To be used on that loop only, where the answers come
 * back too, in order, a batch in one wake-up.
 */
public final class Door {
  private final Replica replica;
  private final Mailbox mailbox;

  Door(Replica replica, Mailbox mailbox) {
    this.replica = replica;
    this.mailbox = mailbox;
  }

  /** Who this member is. */
  public Identity identity() {
    return replica.identity();
  }

  /** Who leads, as far as this member knows. */
  public Leadership leadership() {
    return replica.leadership();
  }

  /** The newest state this member has applied: for local reads, and for watches. */
  public State state() {
    return replica.state();
  }

  /**
   * Has a command done by the cluster. The answer comes from this member's own apply, after the
   * entry is durable on a quorum; a refusal for want of room may come before this returns.
   */
  public void propose(Command command, Consumer<Answer> done) {
    replica.propose(mailbox, command, done);
  }

  /**
   * Answers with a state that includes every write that was answered before this call, by any
   * member: a linearizable read's. A member that is alone answers at once.
   *
   * @param done is told nothing if no quorum confirmed it in time
   */
  public void readIndex(Consumer<Optional<State>> done) {
    replica.readIndex(mailbox, done);
  }

  /**
   * Gives a lease its full TTL again; no entry goes through the log. The leader does it, after a
   * quorum has confirmed it; any member may be asked.
   */
  public void keepAlive(long lease, Consumer<LeaseAnswer> done) {
    replica.askLease(mailbox, LeaderQuestion.Kind.KEEP_ALIVE, lease, done);
  }

  /** Asks the leader how long a lease still has, in whole seconds. */
  public void remainingSeconds(long lease, Consumer<LeaseAnswer> done) {
    replica.askLease(mailbox, LeaderQuestion.Kind.TIME_TO_LIVE, lease, done);
  }

  /**
   * Has another voter lead, if this member does now: a wish, of which {@link #leadership} tells
   * whether it came true.
   */
  public void transferLeader(long target) {
    replica.transferLeader(target);
  }

  /**
   * From now on tells the follower of each newly published state, at most once a batch, before the
   * writers of that batch are answered here.
   */
  public void follow(Consumer<State> follower) {
    replica.follow(mailbox, follower);
  }

  /** Ends what {@link #follow} began with this very follower; it may be told of some more. */
  public void unfollow(Consumer<State> follower) {
    replica.unfollow(mailbox, follower);
  }
}
