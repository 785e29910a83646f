package dev.remora.server.replica;

import dev.remora.server.apply.Command;
import dev.remora.server.apply.Member;
import dev.remora.server.apply.State;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/**
 * Sees to it that the cluster knows this member's name, client URLs and incarnation, which only it
 * knows itself. On the replica's loop only.
 */
final class Publication {
  /** What was sent to a leader may be lost. */
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final Command.PublishMember publication;
  private final Clocks clocks;
  private final Predicate<Command> proposer;
  private boolean isUnderWay;
  private long proposedAtNanos;

  /**
   * Begins.
   *
   * @param proposer proposes a command, here or at the leader; whether it is under way
   */
  Publication(
      Identity identity, List<String> clientUrls, Clocks clocks, Predicate<Command> proposer) {
    this.publication =
        new Command.PublishMember(
            identity.member(), identity.name(), clientUrls, identity.incarnation());
    this.clocks = clocks;
    this.proposer = proposer;
  }

  /** Proposes it if this state does not know it, and that is not under way. */
  void offer(State state) {
    if (isLacking(state) && !isWaiting()) {
      proposedAtNanos = clocks.monotonicNanos();
      isUnderWay = proposer.test(publication);
    }
  }

  /** Whether this member belongs to the cluster and is not known as it is. */
  private boolean isLacking(State state) {
    return state.members().get(publication.id()).filter(self -> !isKnown(self)).isPresent();
  }

  private boolean isKnown(Member self) {
    return self.name().equals(publication.name())
        && self.clientUrls().equals(publication.clientUrls())
        && self.incarnation() == publication.incarnation();
  }

  private boolean isWaiting() {
    return isUnderWay && clocks.monotonicNanos() - proposedAtNanos < RETRY.toNanos();
  }
}
