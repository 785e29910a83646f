package dev.remora.server.api.v3;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.remora.server.api.v3.proto.DeleteRangeResponse;
import dev.remora.server.api.v3.proto.KeyValue;
import dev.remora.server.api.v3.proto.PutResponse;
import dev.remora.server.api.v3.proto.RangeResponse;
import dev.remora.server.api.v3.proto.ResponseHeader;
import dev.remora.server.api.v3.proto.ResponseOp;
import dev.remora.server.api.v3.proto.TxnResponse;
import dev.remora.server.apply.Command;
import dev.remora.server.apply.Outcome;
import dev.remora.server.apply.State;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.RangeResult;
import dev.remora.server.mvcc.Version;
import dev.remora.server.replica.Identity;
import java.util.List;

/** Makes etcd's responses of what came out. */
final class Responses {
  private final Identity identity;

  Responses(Identity identity) {
    this.identity = identity;
  }

  /** The header of a response from this member. */
  ResponseHeader header(State state, long revision) {
    return headerWithoutRevision(state).toBuilder().setRevision(revision).build();
  }

  ResponseHeader headerWithoutRevision(State state) {
    return ResponseHeader.newBuilder()
        .setClusterId(identity.cluster())
        .setMemberId(identity.member())
        .setRaftTerm(state.term())
        .build();
  }

  static ByteString byteString(Bytes bytes) {
    return UnsafeByteOperations.unsafeWrap(bytes.array());
  }

  /** A version as clients see it; a tombstone shows its key and revision only. */
  static KeyValue keyValue(Version version) {
    return keyOnly(version).setValue(byteString(version.value())).build();
  }

  private static KeyValue.Builder keyOnly(Version version) {
    return KeyValue.newBuilder()
        .setKey(byteString(version.key()))
        .setCreateRevision(version.createRevision())
        .setModRevision(version.modRevision())
        .setVersion(version.version())
        .setLease(version.lease());
  }

  static RangeResponse range(
      ResponseHeader header, RangeResult.Found found, boolean isKeysOnly) {
    RangeResponse.Builder response =
        RangeResponse.newBuilder()
            .setHeader(header)
            .setMore(found.hasMore())
            .setCount(found.count());
    for (Version version : found.versions()) {
      response.addKvs(isKeysOnly ? keyOnly(version).build() : keyValue(version));
    }
    return response.build();
  }

  static PutResponse put(ResponseHeader header, Outcome.Put outcome) {
    PutResponse.Builder response = PutResponse.newBuilder().setHeader(header);
    Version previous = outcome.previous();
    if (previous != null) {
      response.setPrevKv(keyValue(previous));
    }
    return response.build();
  }

  static DeleteRangeResponse deleteRange(ResponseHeader header, Outcome.DeletedRange outcome) {
    return DeleteRangeResponse.newBuilder()
        .setHeader(header)
        .setDeleted(outcome.deleted())
        .addAllPrevKvs(outcome.previous().stream().map(Responses::keyValue).toList())
        .build();
  }

  /** The response to a transaction; the request is needed for what was asked of its ranges. */
  static TxnResponse txn(ResponseHeader header, Command.Txn request, Outcome.Txn outcome) {
    List<Command.Operation> operations =
        outcome.succeeded() ? request.success() : request.failure();
    TxnResponse.Builder response =
        TxnResponse.newBuilder().setHeader(header).setSucceeded(outcome.succeeded());
    for (int i = 0; i < operations.size(); i++) {
      response.addResponses(operation(operations.get(i), outcome.outcomes().get(i)));
    }
    return response.build();
  }

  /** A header inside of a transaction has the revision only; that of a nested one not even it. */
  private static ResponseOp operation(Command.Operation operation, Outcome outcome) {
    ResponseOp.Builder response = ResponseOp.newBuilder();
    switch (outcome) {
      case Outcome.Range(long revision, RangeResult.Found found)
          when operation instanceof Command.Range(var request) ->
          response.setResponseRange(range(nested(revision), found, request.isKeysOnly()));
      case Outcome.Put put -> response.setResponsePut(put(nested(put.revision()), put));
      case Outcome.DeletedRange deleted ->
          response.setResponseDeleteRange(deleteRange(nested(deleted.revision()), deleted));
      case Outcome.Txn txn when operation instanceof Command.Txn request ->
          response.setResponseTxn(txn(ResponseHeader.getDefaultInstance(), request, txn));
      default -> throw new IllegalStateException(operation + " came out as " + outcome);
    }
    return response.build();
  }

  private static ResponseHeader nested(long revision) {
    return ResponseHeader.newBuilder().setRevision(revision).build();
  }
}
