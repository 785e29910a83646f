package dev.remora.server.api.v3;

import com.google.protobuf.Message;
import dev.remora.server.api.v3.proto.CompactionRequest;
import dev.remora.server.api.v3.proto.CompactionResponse;
import dev.remora.server.api.v3.proto.DeleteRangeRequest;
import dev.remora.server.api.v3.proto.PutRequest;
import dev.remora.server.api.v3.proto.RangeRequest;
import dev.remora.server.api.v3.proto.RequestOp;
import dev.remora.server.api.v3.proto.TxnRequest;
import dev.remora.server.apply.Command;
import dev.remora.server.apply.Outcome;
import dev.remora.server.apply.ReadTxn;
import dev.remora.server.apply.State;
import dev.remora.server.mvcc.Keyspace;
import dev.remora.server.mvcc.RangeResult;
import dev.remora.server.replica.Door;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** etcd's KV service. */
final class KvCalls {
  private final Door door;
  private final Responses responses;
  private final Proposals proposals;
  private final int maxTxnOps;
  private final long maxRangeKeys;

  KvCalls(Door door, Responses responses, Proposals proposals, V3Settings settings) {
    this.door = door;
    this.responses = responses;
    this.proposals = proposals;
    this.maxTxnOps = settings.maxTxnOps();
    this.maxRangeKeys = settings.maxRangeKeys();
  }

  void range(RangeRequest request, Permit permit, Consumer<Reply> done) {
    if (refuses(TxnCheck.range(request), done)) {
      return;
    }
    read(
        request.getSerializable(),
        permit,
        done,
        state -> done.accept(Reply.of(() -> range(request, state))));
  }

  private Reply range(RangeRequest request, State state) {
    return switch (state.keyspace().range(KvRequests.range(bounded(request)))) {
      case RangeResult.Found found
          when maxRangeKeys > 0 && found.versions().size() > maxRangeKeys ->
          new Reply.Refused(ApiError.TOO_MANY_KEYS);
      case RangeResult.Found found ->
          new Reply.Done(
              Responses.range(
                  responses.header(state, state.revision()), found, request.getKeysOnly()));
      case RangeResult.Compacted _ -> new Reply.Refused(ApiError.COMPACTED);
      case RangeResult.FutureRevision _ -> new Reply.Refused(ApiError.FUTURE_REVISION);
    };
  }

  /** One key more than may be read shows that there are more. */
  private RangeRequest bounded(RangeRequest request) {
    boolean isBounded = request.getLimit() > 0 && request.getLimit() <= maxRangeKeys;
    return maxRangeKeys == 0 || isBounded
        ? request
        : request.toBuilder().setLimit(maxRangeKeys + 1).build();
  }

  void put(PutRequest request, Permit permit, Consumer<Reply> done) {
    if (refuses(TxnCheck.put(request), done)) {
      return;
    }
    propose(KvRequests.put(request), request, permit, done);
  }

  void deleteRange(DeleteRangeRequest request, Permit permit, Consumer<Reply> done) {
    if (refuses(TxnCheck.deleteRange(request), done)) {
      return;
    }
    propose(KvRequests.deleteRange(request), request, permit, done);
  }

  void txn(TxnRequest request, Permit permit, Consumer<Reply> done) {
    if (refuses(TxnCheck.txn(request, maxTxnOps), done)) {
      return;
    }
    Command.Txn txn = KvRequests.txn(request);
    if (maxRangeKeys > 0 && readsTooMuch(txn, door.state().keyspace())) {
      done.accept(new Reply.Refused(ApiError.TOO_MANY_KEYS));
      return;
    }
    if (ReadTxn.isReadOnly(txn)) {
      read(
          isSerializable(request),
          permit,
          done,
          state ->
              done.accept(Reply.of(() -> reply(txn, ReadTxn.run(state.keyspace(), txn), state))));
    } else {
      propose(txn, request, permit, done);
    }
  }

  /**
   * Whether a branch reads more keys than it may, as things are here: what a transaction has
   * written cannot be refused afterwards.
   */
  private boolean readsTooMuch(Command.Txn txn, Keyspace keyspace) {
    return Stream.concat(txn.success().stream(), txn.failure().stream())
        .anyMatch(operation ->
            switch (operation) {
              case Command.Range(var range) ->
                  (range.limit() <= 0 || range.limit() > maxRangeKeys)
                      && keyspace.range(range.limitedTo(maxRangeKeys + 1))
                          instanceof RangeResult.Found found
                      && found.versions().size() > maxRangeKeys;
              case Command.Txn inner -> readsTooMuch(inner, keyspace);
              case Command.Put _, Command.DeleteRange _ -> false;
            });
  }

  void compact(CompactionRequest request, Permit permit, Consumer<Reply> done) {
    propose(new Command.Compact(request.getRevision()), request, permit, done);
  }

  private void propose(Command command, Message request, Permit permit, Consumer<Reply> done) {
    proposals.propose(
        command, request, permit, done, (outcome, state) -> reply(command, outcome, state));
  }

  private Reply reply(Command command, Outcome outcome, State state) {
    return switch (outcome) {
      case Outcome.Put put ->
          new Reply.Done(Responses.put(responses.header(state, put.revision()), put));
      case Outcome.DeletedRange deleted ->
          new Reply.Done(
              Responses.deleteRange(responses.header(state, deleted.revision()), deleted));
      case Outcome.Txn txn when command instanceof Command.Txn request ->
          new Reply.Done(Responses.txn(responses.header(state, txn.revision()), request, txn));
      case Outcome.Compacted(long revision) ->
          new Reply.Done(
              CompactionResponse.newBuilder().setHeader(responses.header(state, revision)).build());
      case Outcome.Refused(_, Outcome.Reason reason) -> new Reply.Refused(ApiError.of(reason));
      default -> throw new IllegalStateException(command + " came out as " + outcome);
    };
  }

  private void read(
      boolean isSerializable, Permit permit, Consumer<Reply> done, Consumer<State> reader) {
    if (isSerializable) {
      reader.accept(door.state());
    } else {
      Proposals.read(door, permit, done, reader);
    }
  }

  private static boolean isSerializable(TxnRequest request) {
    return areSerializable(request.getSuccessList()) && areSerializable(request.getFailureList());
  }

  private static boolean areSerializable(List<RequestOp> operations) {
    return operations.stream()
        .allMatch(operation ->
            operation.hasRequestTxn()
                ? isSerializable(operation.getRequestTxn())
                : operation.getRequestRange().getSerializable());
  }

  private static boolean refuses(@Nullable ApiError error, Consumer<Reply> done) {
    if (error != null) {
      done.accept(new Reply.Refused(error));
    }
    return error != null;
  }
}
