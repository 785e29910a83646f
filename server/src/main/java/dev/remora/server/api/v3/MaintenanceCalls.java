package dev.remora.server.api.v3;

import dev.remora.server.api.v3.proto.AlarmRequest;
import dev.remora.server.api.v3.proto.AlarmResponse;
import dev.remora.server.api.v3.proto.DefragmentRequest;
import dev.remora.server.api.v3.proto.DefragmentResponse;
import dev.remora.server.api.v3.proto.HashRequest;
import dev.remora.server.api.v3.proto.HashResponse;
import dev.remora.server.api.v3.proto.Member;
import dev.remora.server.api.v3.proto.MemberListRequest;
import dev.remora.server.api.v3.proto.MemberListResponse;
import dev.remora.server.api.v3.proto.StatusRequest;
import dev.remora.server.api.v3.proto.StatusResponse;
import dev.remora.server.apply.State;
import dev.remora.server.replica.Door;
import dev.remora.server.replica.Identity;
import io.vertx.core.Context;
import java.util.function.Consumer;

/** etcd's Maintenance service, and of its Cluster service the list of members. */
final class MaintenanceCalls {
  private final Context context;
  private final Door door;
  private final Responses responses;
  private final V3Settings settings;

  MaintenanceCalls(Context context, Door door, Responses responses, V3Settings settings) {
    this.context = context;
    this.door = door;
    this.responses = responses;
    this.settings = settings;
  }

  void status(StatusRequest request, Consumer<Reply> done) {
    State state = door.state();
    done.accept(
        new Reply.Done(
            StatusResponse.newBuilder()
                .setHeader(responses.header(state, state.revision()))
                .setVersion(settings.version())
                .setDbSize(state.keyspace().totalBytes())
                .setLeader(door.identity().member())
                .setRaftIndex(state.index())
                .setRaftTerm(state.term())
                .setRaftAppliedIndex(state.index())
                .setDbSizeInUse(state.keyspace().totalBytes())
                .build()));
  }

  /** Takes as long as all keys are read, so it runs beside the event loop. */
  void hash(HashRequest request, Consumer<Reply> done) {
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

  /** There is no alarm yet; so listing them and taking one back answer the same. */
  void alarm(AlarmRequest request, Consumer<Reply> done) {
    done.accept(
        switch (request.getAction()) {
          case GET, DEACTIVATE -> new Reply.Done(AlarmResponse.getDefaultInstance());
          case ACTIVATE, UNRECOGNIZED ->
              new Reply.Refused(ApiError.unsupported("activating an alarm"));
        });
  }

  /** Nothing to do: what is compacted is freed by itself. */
  void defragment(DefragmentRequest request, Consumer<Reply> done) {
    done.accept(new Reply.Done(DefragmentResponse.getDefaultInstance()));
  }

  void memberList(MemberListRequest request, Consumer<Reply> done) {
    Proposals.read(
        door,
        done,
        state -> {
          Identity identity = door.identity();
          done.accept(
              new Reply.Done(
                  MemberListResponse.newBuilder()
                      .setHeader(responses.headerWithoutRevision(state))
                      .addMembers(
                          Member.newBuilder()
                              .setID(identity.member())
                              .setName(identity.name())
                              .addAllPeerURLs(settings.peerUrls())
                              .addAllClientURLs(settings.clientUrls()))
                      .build()));
        });
  }
}
