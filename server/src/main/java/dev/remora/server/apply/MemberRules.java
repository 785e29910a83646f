package dev.remora.server.apply;

import dev.remora.server.raft.ConfState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which changes of the members are taken, and what they lead to: the same on every member, since
 * nothing but what the log has said before counts. The order of the checks is etcd's.
 */
final class MemberRules {
  /** etcd 3.4 takes no more. */
  private static final int LEARNERS_MAX = 1;

  private MemberRules() {}

  /** Why a change is refused; null if it is not. */
  static Outcome.@Nullable Reason refusal(
      Command.MemberChange change, Members members, ConfState conf) {
    if (members.wasRemoved(change.id())) {
      return Outcome.Reason.MEMBER_REMOVED;
    }
    if (change instanceof Command.AddMember(Member member, _)) {
      return refusal(member, members, conf);
    }
    if (members.get(change.id()).isEmpty()) {
      return Outcome.Reason.MEMBER_NOT_FOUND;
    }
    return switch (change) {
      // Nobody would be left to decide anything, not even that it may come back.
      case Command.RemoveMember(long id, _) when conf.voters().equals(List.of(id)) ->
          Outcome.Reason.NOT_ENOUGH_STARTED;
      case Command.PromoteMember(long id) when !conf.learners().contains(id) ->
          Outcome.Reason.MEMBER_NOT_LEARNER;
      case Command.UpdateMember(long id, List<String> urls, _) when members.usesAny(urls, id) ->
          Outcome.Reason.PEER_URL_EXISTS;
      case Command.PublishMember(long id, _, _, long incarnation)
          when isAnother(incarnation, known(members, id)) ->
          Outcome.Reason.MEMBER_EXISTS;
      case Command.AddMember _,
          Command.RemoveMember _,
          Command.PromoteMember _,
          Command.UpdateMember _,
          Command.PublishMember _ ->
          null;
    };
  }

  private static Outcome.@Nullable Reason refusal(Member joining, Members members, ConfState conf) {
    if (members.get(joining.id()).isPresent() || conf.has(joining.id())) {
      return Outcome.Reason.MEMBER_EXISTS;
    }
    if (members.usesAny(joining.peerUrls(), joining.id())) {
      return Outcome.Reason.PEER_URL_EXISTS;
    }
    long learners = members.list().stream().filter(Member::isLearner).count();
    if (joining.isLearner() && learners >= LEARNERS_MAX) {
      return Outcome.Reason.TOO_MANY_LEARNERS;
    }
    // One after the other: with two that may never come, a majority could be out of reach.
    boolean isOneAwaited = members.list().stream().anyMatch(member -> !member.isStarted());
    return isOneAwaited ? Outcome.Reason.NOT_ENOUGH_STARTED : null;
  }

  /** The members after a change that is not refused. */
  static Members after(Command.MemberChange change, Members members) {
    return switch (change) {
      case Command.AddMember(Member member, _) -> members.with(member);
      case Command.RemoveMember(long id, _) -> members.without(id);
      case Command.PromoteMember(long id) -> members.with(known(members, id).promoted());
      case Command.UpdateMember(long id, List<String> urls, _) ->
          members.with(known(members, id).at(urls));
      case Command.PublishMember(long id, String name, List<String> clientUrls, long incarnation) ->
          members.with(known(members, id).published(name, clientUrls, incarnation));
    };
  }

  /** Once it is known which data directory is a member's, no other is. */
  private static boolean isAnother(long incarnation, Member member) {
    return member.incarnation() != 0 && member.incarnation() != incarnation;
  }

  private static Member known(Members members, long id) {
    return members.get(id).orElseThrow(() -> new IllegalStateException("no member " + id));
  }
}
