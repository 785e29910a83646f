package dev.remora.server.replica;

import dev.remora.server.apply.Command;
import dev.remora.server.apply.Member;
import dev.remora.server.apply.State;
import dev.remora.server.raft.Status;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Speaks against changes of the members that could leave the cluster without a majority that works:
 * etcd's strict reconfiguration check. What it goes by is known to this member alone, so it comes
 * before the proposal; what all members know is checked when the change is applied. On the
 * replica's loop only.
 */
final class MemberCheck {
  /** So long a member must have been connected to be counted on; etcd's HealthInterval. */
  private static final Duration HEALTHY = Duration.ofSeconds(5);

  private final long self;
  private final Consensus consensus;
  private final BiConsumer<Long, Consumer<LeaseAnswer>> leader;
  private final Clocks clocks;

  /**
   * Begins.
   *
   * @param leader is asked whether a member has caught up; alive means that it has
   */
  MemberCheck(
      long self,
      Consensus consensus,
      Clocks clocks,
      BiConsumer<Long, Consumer<LeaseAnswer>> leader) {
    this.leader = leader;
    this.self = self;
    this.consensus = consensus;
    this.clocks = clocks;
  }

  /**
   * Judges a change.
   *
   * @param done is told why it is not to be proposed; null if nothing speaks against it
   */
  void judge(Command.Reconfiguration change, State state, Consumer<Answer.@Nullable Reason> done) {
    switch (change) {
      case Command.AddMember(Member member, _) -> done.accept(refusalToAdd(member, state));
      case Command.RemoveMember(long id, _) when state.hasVote(id) ->
          done.accept(refusalToRemove(id, state));
      case Command.RemoveMember _ -> done.accept(null); // A learner is not counted on.
      case Command.PromoteMember(long id) when state.conf().learners().contains(id) ->
          judgePromotion(id, done);
      case Command.PromoteMember _ -> done.accept(null); // Apply says what is wrong.
    }
  }

  private Answer.@Nullable Reason refusalToAdd(Member joining, State state) {
    boolean isOneAwaited = state.members().list().stream().anyMatch(member -> !member.isStarted());
    if (!joining.isLearner() && isOneAwaited) {
      return Answer.Reason.NOT_ENOUGH_STARTED;
    }
    List<Long> voters = state.conf().voters();
    return healthy(voters) < voters.size() ? Answer.Reason.UNHEALTHY : null;
  }

  private Answer.@Nullable Reason refusalToRemove(long id, State state) {
    List<Long> voters = state.conf().voters();
    long left = voters.size() - 1L;
    long started = voters.stream().filter(voter -> voter != id && isStarted(voter, state)).count();
    if (started < left / 2 + 1) {
      return Answer.Reason.NOT_ENOUGH_STARTED;
    }
    boolean isDown = id != self && consensus.connectedSinceNanos(id).isEmpty();
    boolean isMajorityLeft = healthy(voters) - 1 >= 1 + left / 2;
    return isDown || isMajorityLeft ? null : Answer.Reason.UNHEALTHY;
  }

  private static boolean isStarted(long voter, State state) {
    return state.members().get(voter).filter(Member::isStarted).isPresent();
  }

  /** The leader alone knows how far it is. */
  private void judgePromotion(long id, Consumer<Answer.@Nullable Reason> done) {
    leader.accept(
        id,
        answer -> {
          switch (answer) {
            case LeaseAnswer.Alive _ -> done.accept(null);
            case LeaseAnswer.Unknown _ -> done.accept(Answer.Reason.LEARNER_NOT_READY);
            case LeaseAnswer.Failed(Answer.Reason reason) -> done.accept(reason);
          }
        });
  }

  /** Whether a leader has heard of a member that has at least 90 % of its log, as etcd asks for. */
  static boolean isInSync(Status leader, long id) {
    Status.PeerProgress own = leader.progress().get(leader.id());
    Status.PeerProgress its = leader.progress().get(id);
    return own != null && its != null && its.isActive() && its.match() * 10 >= own.match() * 9;
  }

  private long healthy(List<Long> voters) {
    return voters.stream().filter(voter -> voter == self || isHealthy(voter)).count();
  }

  private boolean isHealthy(long voter) {
    OptionalLong since = consensus.connectedSinceNanos(voter);
    return since.isPresent() && clocks.monotonicNanos() - since.getAsLong() >= HEALTHY.toNanos();
  }
}
