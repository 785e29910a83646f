package dev.remora.server.replica;

import dev.remora.server.apply.Command;
import dev.remora.server.apply.Member;
import dev.remora.server.apply.State;
import dev.remora.server.raft.Role;
import dev.remora.server.raft.Status;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
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
  private final Clocks clocks;

  MemberCheck(long self, Consensus consensus, Clocks clocks) {
    this.self = self;
    this.consensus = consensus;
    this.clocks = clocks;
  }

  /** Why a change is not to be proposed; null if nothing speaks against it. */
  Answer.@Nullable Reason refusal(Command.Reconfiguration change, State state) {
    return switch (change) {
      case Command.AddMember(Member member, _) -> refusalToAdd(member, state);
      case Command.RemoveMember(long id, _) when state.hasVote(id) -> refusalToRemove(id, state);
      case Command.RemoveMember _ -> null; // A learner is not counted on.
      case Command.PromoteMember(long id) when state.conf().learners().contains(id) ->
          refusalToPromote(id);
      case Command.PromoteMember _ -> null; // Apply says what is wrong.
    };
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

  private Answer.@Nullable Reason refusalToPromote(long id) {
    Status status = consensus.status();
    if (status.soft().role() != Role.LEADER) {
      return Answer.Reason.NOT_LEADER; // Nobody else knows how far it is.
    }
    return isInSync(status, id) ? null : Answer.Reason.LEARNER_NOT_READY;
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
