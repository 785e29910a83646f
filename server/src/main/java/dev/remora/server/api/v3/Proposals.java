package dev.remora.server.api.v3;

import com.google.protobuf.Message;
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
  static void read(Door door, Consumer<Reply> done, Consumer<State> reader) {
    door.readIndex(confirmed ->
        confirmed.ifPresentOrElse(
            reader, () -> done.accept(new Reply.Refused(ApiError.TIMED_OUT))));
  }

  /**
   * Proposes a command.
   *
   * @param request what the client sent
   * @param reply makes the answer of the outcome and the state after it
   */
  void propose(
      Command command,
      Message request,
      Consumer<Reply> done,
      BiFunction<Outcome, State, Reply> reply) {
    if (request.getSerializedSize() + ENTRY_OVERHEAD_BYTES > maxRequestBytes) {
      done.accept(new Reply.Refused(ApiError.REQUEST_TOO_LARGE));
      return;
    }
    door.propose(
        command,
        answer ->
            done.accept(
                switch (answer) {
                  case Answer.Applied(Outcome outcome, State state) ->
                      Reply.of(() -> reply.apply(outcome, state));
                  case Answer.Failed(Answer.Reason reason) ->
                      new Reply.Refused(ApiError.of(reason));
                }));
  }
}
