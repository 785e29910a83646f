package dev.remora.server.api.v3;

import dev.remora.server.api.v3.proto.LeaseGrantRequest;
import dev.remora.server.api.v3.proto.LeaseGrantResponse;
import dev.remora.server.api.v3.proto.LeaseKeepAliveRequest;
import dev.remora.server.api.v3.proto.LeaseKeepAliveResponse;
import dev.remora.server.api.v3.proto.LeaseLeasesRequest;
import dev.remora.server.api.v3.proto.LeaseLeasesResponse;
import dev.remora.server.api.v3.proto.LeaseRevokeRequest;
import dev.remora.server.api.v3.proto.LeaseRevokeResponse;
import dev.remora.server.api.v3.proto.LeaseStatus;
import dev.remora.server.api.v3.proto.LeaseTimeToLiveRequest;
import dev.remora.server.api.v3.proto.LeaseTimeToLiveResponse;
import dev.remora.server.api.v3.proto.ResponseHeader;
import dev.remora.server.apply.Command;
import dev.remora.server.apply.Outcome;
import dev.remora.server.apply.State;
import dev.remora.server.lease.Lease;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.replica.Answer;
import dev.remora.server.replica.Door;
import dev.remora.server.replica.LeaseAnswer;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** etcd's Lease service. */
final class LeaseCalls {
  private final Door door;
  private final Responses responses;
  private final Proposals proposals;
  private final long minTtlSeconds;
  private final RandomGenerator random;

  LeaseCalls(
      Door door,
      Responses responses,
      Proposals proposals,
      long minTtlSeconds,
      RandomGenerator random) {
    this.door = door;
    this.responses = responses;
    this.proposals = proposals;
    this.minTtlSeconds = minTtlSeconds;
    this.random = random;
  }

  void grant(LeaseGrantRequest request, Permit permit, Consumer<Reply> done) {
    if (request.getTTL() > Lease.TTL_MAX_SECONDS) {
      done.accept(new Reply.Refused(ApiError.LEASE_TTL_TOO_LARGE));
      return;
    }
    long id = request.getID() == 0 ? drawId() : request.getID();
    long ttlSeconds = Math.max(request.getTTL(), minTtlSeconds);
    proposals.propose(
        new Command.LeaseGrant(id, ttlSeconds),
        request,
        permit,
        done,
        (outcome, state) ->
            switch (outcome) {
              case Outcome.LeaseGranted granted ->
                  new Reply.Done(
                      LeaseGrantResponse.newBuilder()
                          .setHeader(responses.header(state, granted.revision()))
                          .setID(granted.id())
                          .setTTL(granted.ttlSeconds())
                          .build());
              case Outcome.Refused(_, Outcome.Reason reason) ->
                  new Reply.Refused(ApiError.of(reason));
              default -> throw new IllegalStateException("a grant came out as " + outcome);
            });
  }

  private long drawId() {
    long id = 0;
    while (id == 0 || door.state().leases().find(id).isPresent()) {
      id = random.nextLong() & Long.MAX_VALUE;
    }
    return id;
  }

  void revoke(LeaseRevokeRequest request, Permit permit, Consumer<Reply> done) {
    proposals.propose(
        new Command.LeaseRevoke(request.getID(), false),
        request,
        permit,
        done,
        (outcome, state) ->
            switch (outcome) {
              case Outcome.LeaseRevoked revoked ->
                  new Reply.Done(
                      LeaseRevokeResponse.newBuilder()
                          .setHeader(responses.header(state, revoked.revision()))
                          .build());
              case Outcome.Refused(_, Outcome.Reason reason) ->
                  new Reply.Refused(ApiError.of(reason));
              default -> throw new IllegalStateException("a revoke came out as " + outcome);
            });
  }

  /** The header is filled before the renewal, as in etcd; an unknown lease has no TTL. */
  void keepAlive(LeaseKeepAliveRequest request, Consumer<Reply> done) {
    ResponseHeader header = header(door.state());
    door.keepAlive(
        request.getID(),
        answer ->
            done.accept(
                switch (answer) {
                  case LeaseAnswer.Alive(long seconds) -> kept(header, request, seconds);
                  case LeaseAnswer.Unknown _ -> kept(header, request, 0);
                  case LeaseAnswer.Failed(Answer.Reason reason) ->
                      new Reply.Refused(ApiError.of(reason));
                }));
  }

  private static Reply kept(ResponseHeader header, LeaseKeepAliveRequest request, long seconds) {
    return new Reply.Done(
        LeaseKeepAliveResponse.newBuilder()
            .setHeader(header)
            .setID(request.getID())
            .setTTL(seconds)
            .build());
  }

  void timeToLive(LeaseTimeToLiveRequest request, Permit permit, Consumer<Reply> done) {
    door.remainingSeconds(
        request.getID(),
        answer ->
            done.accept(
                switch (answer) {
                  case LeaseAnswer.Alive(long seconds) ->
                      Reply.of(() -> timeToLive(request, permit, seconds, door.state()));
                  case LeaseAnswer.Unknown _ -> new Reply.Done(noTime(request, door.state()));
                  case LeaseAnswer.Failed(Answer.Reason reason) ->
                      new Reply.Refused(ApiError.of(reason));
                }));
  }

  private LeaseTimeToLiveResponse noTime(LeaseTimeToLiveRequest request, State state) {
    return LeaseTimeToLiveResponse.newBuilder()
        .setHeader(header(state))
        .setID(request.getID())
        .setTTL(-1)
        .build();
  }

  private Reply timeToLive(
      LeaseTimeToLiveRequest request, Permit permit, long seconds, State state) {
    ApiError refusal = permit.refusal(state);
    if (refusal != null) {
      return new Reply.Refused(refusal);
    }
    Optional<Lease> lease = state.leases().find(request.getID());
    if (lease.isEmpty()) {
      return new Reply.Done(noTime(request, state));
    }
    LeaseTimeToLiveResponse.Builder response =
        LeaseTimeToLiveResponse.newBuilder().setHeader(header(state)).setID(request.getID());
    if (request.getKeys()) {
      for (Bytes key : state.leases().keys(request.getID())) {
        response.addKeys(Responses.byteString(key));
      }
    }
    return new Reply.Done(response.setTTL(seconds).setGrantedTTL(lease.get().ttlSeconds()).build());
  }

  void leases(LeaseLeasesRequest request, Permit permit, Consumer<Reply> done) {
    Proposals.read(door, permit, done, state -> done.accept(Reply.of(() -> leases(state))));
  }

  private Reply leases(State state) {
    LeaseLeasesResponse.Builder response =
        LeaseLeasesResponse.newBuilder().setHeader(header(state));
    for (long id : state.leases().ids()) {
      response.addLeases(LeaseStatus.newBuilder().setID(id));
    }
    return new Reply.Done(response.build());
  }

  private ResponseHeader header(State state) {
    return responses.header(state, state.revision());
  }
}
