package dev.remora.server.api.v3;

import com.google.protobuf.Message;
import dev.remora.server.api.AuthorisedProposal;
import dev.remora.server.apply.Command;
import dev.remora.server.apply.Outcome;
import dev.remora.server.apply.State;
import dev.remora.server.replica.Answer;
import dev.remora.server.replica.Door;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/** Has commands done by the cluster, unless they are too large for it. */
final class Proposals {
  /** What etcd's own log entry has beside the request: its limit counts that in. */
  private static final int ENTRY_OVERHEAD_BYTES = 18;

  private final Door door;
  private final int maxRequestBytes;

  Proposals(Door door, int maxRequestBytes) {
    this.door = door;
    this.maxRequestBytes = maxRequestBytes;
  }

  /** Reads at a place that a quorum has confirmed, or answers that none did in time. */
  static void read(Door door, Permit permit, Consumer<Reply> done, Consumer<State> reader) {
    door.readIndex(confirmed ->
        confirmed.ifPresentOrElse(
            state -> {
              ApiError refusal = permit.refusal(state);
              if (refusal == null) {
                reader.accept(state);
              } else {
                done.accept(new Reply.Refused(refusal));
              }
            },
            () -> done.accept(new Reply.Refused(ApiError.TIMED_OUT))));
  }

  /**
   * Proposes a command, if that is permitted.
   *
   * @param request what the client sent
   * @param reply makes the answer of the outcome and the state after it
   */
  void propose(
      Command command,
      Message request,
      Permit permit,
      Consumer<Reply> done,
      BiFunction<Outcome, State, Reply> reply) {
    if (request.getSerializedSize() + ENTRY_OVERHEAD_BYTES > maxRequestBytes) {
      done.accept(new Reply.Refused(ApiError.REQUEST_TOO_LARGE));
      return;
    }
    AuthorisedProposal.propose(
        door,
        command,
        state -> isAllowed(permit, state, done),
        answer ->
            done.accept(
                switch (answer) {
                  case Answer.Applied(Outcome outcome, State state) ->
                      Reply.of(() -> reply.apply(outcome, state));
                  case Answer.Failed(Answer.Reason reason) ->
                      new Reply.Refused(ApiError.of(reason));
                }));
  }

  private static boolean isAllowed(Permit permit, State state, Consumer<Reply> done) {
    ApiError refusal = permit.refusal(state);
    if (refusal != null) {
      done.accept(new Reply.Refused(refusal));
    }
    return refusal == null;
  }
}
