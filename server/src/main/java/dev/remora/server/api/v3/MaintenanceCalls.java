package dev.remora.server.api.v3;

import dev.remora.server.api.v3.proto.AlarmMember;
import dev.remora.server.api.v3.proto.AlarmRequest;
import dev.remora.server.api.v3.proto.AlarmResponse;
import dev.remora.server.api.v3.proto.AlarmType;
import dev.remora.server.api.v3.proto.DefragmentRequest;
import dev.remora.server.api.v3.proto.DefragmentResponse;
import dev.remora.server.api.v3.proto.HashRequest;
import dev.remora.server.api.v3.proto.HashResponse;
import dev.remora.server.api.v3.proto.MoveLeaderRequest;
import dev.remora.server.api.v3.proto.MoveLeaderResponse;
import dev.remora.server.api.v3.proto.StatusRequest;
import dev.remora.server.api.v3.proto.StatusResponse;
import dev.remora.server.apply.Alarm;
import dev.remora.server.apply.Command;
import dev.remora.server.apply.Outcome;
import dev.remora.server.apply.State;
import dev.remora.server.replica.Door;
import dev.remora.server.replica.Leadership;
import io.vertx.core.Context;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** etcd's Maintenance service. */
final class MaintenanceCalls {
  /** How often it is looked whether another leads. */
  private static final long LEADER_POLL_MILLIS = 20;

  private final Context context;
  private final Door door;
  private final Responses responses;
  private final Proposals proposals;
  private final V3Settings settings;

  MaintenanceCalls(
      Context context, Door door, Responses responses, Proposals proposals, V3Settings settings) {
    this.context = context;
    this.door = door;
    this.responses = responses;
    this.proposals = proposals;
    this.settings = settings;
  }

  void status(StatusRequest request, Permit permit, Consumer<Reply> done) {
    State state = door.state();
    Leadership leadership = door.leadership();
    done.accept(
        new Reply.Done(
            StatusResponse.newBuilder()
                .setHeader(responses.header(state, state.revision()))
                .setVersion(settings.version())
                .setDbSize(state.sizeBytes())
                .setLeader(leadership.leader())
                .setRaftIndex(state.index())
                .setRaftTerm(leadership.term())
                .setRaftAppliedIndex(state.index())
                .setDbSizeInUse(state.sizeBytes())
                .addAllErrors(errors(state, leadership))
                .build()));
  }

  /** In etcd's words, the space at the end included. */
  private static List<String> errors(State state, Leadership leadership) {
    Stream<String> alarms =
        state.alarms().raised().stream()
            .map(alarm ->
                "memberID:%s alarm:%s "
                    .formatted(Long.toUnsignedString(alarm.member()), alarm.kind()));
    Stream<String> leaderless =
        leadership.leader() == 0 ? Stream.of("etcdserver: no leader") : Stream.empty();
    return Stream.concat(leaderless, alarms).toList();
  }

  /** Takes as long as all keys are read, so it runs beside the event loop. */
  void hash(HashRequest request, Permit permit, Consumer<Reply> done) {
    State state = door.state();
    context
        .executeBlocking(() -> KeyspaceHash.of(state.keyspace()), false)
        .onSuccess(hash ->
            done.accept(
                new Reply.Done(
                    HashResponse.newBuilder()
                        .setHeader(responses.header(state, state.revision()))
                        .setHash(hash)
                        .build())))
        .onFailure(_ -> done.accept(new Reply.Refused(ApiError.STOPPED)));
  }

  /** Alarms have no header, as in etcd 3.4. */
  void alarm(AlarmRequest request, Permit permit, Consumer<Reply> done) {
    switch (request.getAction()) {
      case GET ->
          Proposals.read(
              door,
              permit,
              done,
              state -> done.accept(Reply.of(() -> alarms(raised(state, request.getAlarm())))));
      case ACTIVATE -> set(request, true, permit, done);
      case DEACTIVATE -> set(request, false, permit, done);
      case UNRECOGNIZED -> done.accept(new Reply.Refused(ApiError.UNKNOWN_ALARM_ACTION));
    }
  }

  private void set(AlarmRequest request, boolean isRaised, Permit permit, Consumer<Reply> done) {
    Optional<Alarm.Kind> kind = kind(request.getAlarm());
    if (kind.isEmpty()) {
      // etcd stops for good when NONE is activated.
      done.accept(isRaised ? new Reply.Refused(ApiError.UNKNOWN_ALARM) : alarms(List.of()));
      return;
    }
    Alarm alarm = new Alarm(request.getMemberID(), kind.get());
    proposals.propose(
        new Command.SetAlarm(alarm, isRaised),
        request,
        permit,
        done,
        (outcome, _) ->
            switch (outcome) {
              case Outcome.AlarmSet(boolean isMet) -> alarms(isMet ? List.of(alarm) : List.of());
              case Outcome.Refused(_, Outcome.Reason reason) ->
                  new Reply.Refused(ApiError.of(reason));
              default -> throw new IllegalStateException("an alarm came out as " + outcome);
            });
  }

  private static Optional<Alarm.Kind> kind(AlarmType type) {
    return switch (type) {
      case NOSPACE -> Optional.of(Alarm.Kind.NOSPACE);
      case CORRUPT -> Optional.of(Alarm.Kind.CORRUPT);
      case NONE, UNRECOGNIZED -> Optional.empty();
    };
  }

  /** The alarms of a kind, of all kinds for NONE; the member that was named does not count. */
  private static List<Alarm> raised(State state, AlarmType type) {
    return state.alarms().raised().stream()
        .filter(alarm -> type == AlarmType.NONE || kind(type).equals(Optional.of(alarm.kind())))
        .toList();
  }

  private static Reply alarms(List<Alarm> alarms) {
    AlarmResponse.Builder response = AlarmResponse.newBuilder();
    for (Alarm alarm : alarms) {
      response.addAlarms(
          AlarmMember.newBuilder()
              .setMemberID(alarm.member())
              .setAlarm(AlarmType.valueOf(alarm.kind().name())));
    }
    return new Reply.Done(response.build());
  }

  /** Answers once the other leads; like etcd without a header, and only if this member leads. */
  void moveLeader(MoveLeaderRequest request, Permit permit, Consumer<Reply> done) {
    long self = door.identity().member();
    long target = request.getTargetID();
    if (door.leadership().leader() != self) {
      done.accept(new Reply.Refused(ApiError.NOT_LEADER));
    } else if (!door.state().hasVote(target)) {
      done.accept(new Reply.Refused(ApiError.BAD_TRANSFEREE));
    } else {
      if (target != self) {
        door.transferLeader(target);
      }
      awaitLeader(target, settings.requestTimeout().toMillis() / LEADER_POLL_MILLIS, done);
    }
  }

  private void awaitLeader(long target, long polls, Consumer<Reply> done) {
    if (door.leadership().leader() == target) {
      done.accept(new Reply.Done(MoveLeaderResponse.getDefaultInstance()));
    } else if (polls <= 0) {
      done.accept(new Reply.Refused(ApiError.TRANSFER_TIMED_OUT));
    } else {
      context.owner().setTimer(LEADER_POLL_MILLIS, _ -> awaitLeader(target, polls - 1, done));
    }
  }

  /** Nothing to do: what is compacted is freed by itself. */
  void defragment(DefragmentRequest request, Permit permit, Consumer<Reply> done) {
    done.accept(new Reply.Done(DefragmentResponse.getDefaultInstance()));
  }
}
