package dev.remora.server.api.v3;

import com.google.protobuf.Message;
import dev.remora.server.api.PeerUrls;
import dev.remora.server.api.v3.proto.Member;
import dev.remora.server.api.v3.proto.MemberAddRequest;
import dev.remora.server.api.v3.proto.MemberAddResponse;
import dev.remora.server.api.v3.proto.MemberListRequest;
import dev.remora.server.api.v3.proto.MemberListResponse;
import dev.remora.server.api.v3.proto.MemberPromoteRequest;
import dev.remora.server.api.v3.proto.MemberPromoteResponse;
import dev.remora.server.api.v3.proto.MemberRemoveRequest;
import dev.remora.server.api.v3.proto.MemberRemoveResponse;
import dev.remora.server.api.v3.proto.MemberUpdateRequest;
import dev.remora.server.api.v3.proto.MemberUpdateResponse;
import dev.remora.server.apply.Command;
import dev.remora.server.apply.MemberIds;
import dev.remora.server.apply.Outcome;
import dev.remora.server.apply.State;
import dev.remora.server.replica.Clocks;
import dev.remora.server.replica.Door;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * etcd's Cluster service. A member is shown as a learner as long as it has no vote, though it be
 * added without {@code isLearner}: the leader promotes such a one when it has caught up.
 */
final class ClusterCalls {
  private final Door door;
  private final Responses responses;
  private final Proposals proposals;
  private final Clocks clocks;

  ClusterCalls(Door door, Responses responses, Proposals proposals, Clocks clocks) {
    this.door = door;
    this.responses = responses;
    this.proposals = proposals;
    this.clocks = clocks;
  }

  /** From this member's own state, unless it is to be linearizable: it works without a leader. */
  void list(MemberListRequest request, Permit permit, Consumer<Reply> done) {
    if (request.getLinearizable()) {
      Proposals.read(door, permit, done, state -> done.accept(Reply.of(() -> list(state))));
    } else {
      done.accept(list(door.state()));
    }
  }

  private Reply list(State state) {
    return new Reply.Done(
        MemberListResponse.newBuilder()
            .setHeader(responses.headerWithoutRevision(state))
            .addAllMembers(members(state))
            .build());
  }

  void add(MemberAddRequest request, Permit permit, Consumer<Reply> done) {
    withUrls(
        request.getPeerURLsList(),
        done,
        peerUrls -> {
          long id = MemberIds.joining(peerUrls, clocks.wallNanos());
          var member =
              dev.remora.server.apply.Member.unstarted(id, "", peerUrls, request.getIsLearner());
          propose(
              new Command.AddMember(member, 0),
              request,
              permit,
              done,
              state ->
                  MemberAddResponse.newBuilder()
                      .setHeader(responses.headerWithoutRevision(state))
                      .setMember(message(member, !state.hasVote(id)))
                      .addAllMembers(members(state))
                      .build());
        });
  }

  void remove(MemberRemoveRequest request, Permit permit, Consumer<Reply> done) {
    propose(
        new Command.RemoveMember(request.getID(), 0),
        request,
        permit,
        done,
        state ->
            MemberRemoveResponse.newBuilder()
                .setHeader(responses.headerWithoutRevision(state))
                .addAllMembers(members(state))
                .build());
  }

  /** etcd takes any text for a URL here; with one that is none, nobody would reach the member. */
  void update(MemberUpdateRequest request, Permit permit, Consumer<Reply> done) {
    withUrls(
        request.getPeerURLsList(),
        done,
        _ ->
            propose(
                new Command.UpdateMember(request.getID(), request.getPeerURLsList(), 0),
                request,
                permit,
                done,
                state ->
                    MemberUpdateResponse.newBuilder()
                        .setHeader(responses.headerWithoutRevision(state))
                        .addAllMembers(members(state))
                        .build()));
  }

  void promote(MemberPromoteRequest request, Permit permit, Consumer<Reply> done) {
    propose(
        new Command.PromoteMember(request.getID()),
        request,
        permit,
        done,
        state ->
            MemberPromoteResponse.newBuilder()
                .setHeader(responses.headerWithoutRevision(state))
                .addAllMembers(members(state))
                .build());
  }

  private static void withUrls(
      List<String> given, Consumer<Reply> done, Consumer<List<String>> task) {
    switch (PeerUrls.of(given)) {
      case PeerUrls.Good(List<String> sorted) -> task.accept(sorted);
      case PeerUrls.Bad _ -> done.accept(new Reply.Refused(ApiError.INVALID_MEMBER_URLS));
    }
  }

  private void propose(
      Command.MemberChange change,
      Message request,
      Permit permit,
      Consumer<Reply> done,
      Function<State, Message> response) {
    proposals.propose(
        change,
        request,
        permit,
        done,
        (outcome, state) ->
            switch (outcome) {
              case Outcome.MembersChanged _ -> new Reply.Done(response.apply(state));
              case Outcome.Refused(_, Outcome.Reason reason) ->
                  new Reply.Refused(ApiError.of(reason));
              default ->
                  throw new IllegalStateException("a change of the members came to " + outcome);
            });
  }

  private static List<Member> members(State state) {
    return state.members().list().stream()
        .map(member -> message(member, !state.hasVote(member.id())))
        .toList();
  }

  private static Member message(dev.remora.server.apply.Member member, boolean isLearner) {
    return Member.newBuilder()
        .setID(member.id())
        .setName(member.name())
        .addAllPeerURLs(member.peerUrls())
        .addAllClientURLs(member.clientUrls())
        .setIsLearner(isLearner)
        .build();
  }
}
