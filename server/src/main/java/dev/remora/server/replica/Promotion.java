package dev.remora.server.replica;

import dev.remora.server.apply.Command;
import dev.remora.server.apply.State;
import dev.remora.server.raft.Status;
import java.util.List;
import java.util.function.Consumer;

/**
 * Gives a vote to who joined in order to have one, once it has caught up: until then it would only
 * make a majority harder to reach (Raft dissertation §4.2.1). The leader's business; on the
 * replica's loop only.
 */
final class Promotion {
  private final Consensus consensus;
  private final Consumer<Command> proposer;

  /**
   * Begins.
   *
   * @param proposer proposes a command if this member leads
   */
  Promotion(Consensus consensus, Consumer<Command> proposer) {
    this.consensus = consensus;
    this.proposer = proposer;
  }

  /** To be called now and then: a change that is refused because of another is tried again. */
  void promote(State state) {
    List<Long> waiting =
        state.conf().learners().stream().filter(id -> isToVote(id, state)).toList();
    if (waiting.isEmpty()) {
      return;
    }
    Status status = consensus.status();
    waiting.stream()
        .filter(id -> MemberCheck.isInSync(status, id))
        .findFirst()
        .ifPresent(id -> proposer.accept(new Command.PromoteMember(id)));
  }

  private static boolean isToVote(long id, State state) {
    return state.members().get(id).filter(member -> !member.isLearner()).isPresent();
  }
}
