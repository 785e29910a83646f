package dev.remora.server.api.v3;

import com.google.protobuf.ByteString;
import dev.remora.server.api.v3.proto.Compare;
import dev.remora.server.api.v3.proto.DeleteRangeRequest;
import dev.remora.server.api.v3.proto.PutRequest;
import dev.remora.server.api.v3.proto.RangeRequest;
import dev.remora.server.api.v3.proto.RequestOp;
import dev.remora.server.api.v3.proto.TxnRequest;
import dev.remora.server.apply.Command;
import dev.remora.server.apply.Compare.Relation;
import dev.remora.server.apply.Compare.Target;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.RangeRequest.SortOrder;
import dev.remora.server.mvcc.RangeRequest.SortTarget;
import java.util.List;

/** Makes commands of etcd's KV requests that have passed {@link TxnCheck}. */
final class KvRequests {
  private KvRequests() {}

  static Bytes bytes(ByteString bytes) {
    return Bytes.wrap(bytes.toByteArray());
  }

  static dev.remora.server.mvcc.RangeRequest range(RangeRequest request) {
    // etcd leaves the stored order to an order it does not know.
    boolean isOrdered = request.getSortOrder() != RangeRequest.SortOrder.UNRECOGNIZED;
    return new dev.remora.server.mvcc.RangeRequest(
        bytes(request.getKey()),
        bytes(request.getRangeEnd()),
        request.getLimit(),
        request.getRevision(),
        isOrdered ? order(request.getSortOrder()) : SortOrder.NONE,
        isOrdered ? target(request.getSortTarget()) : SortTarget.KEY,
        request.getKeysOnly(),
        request.getCountOnly(),
        request.getMinModRevision(),
        request.getMaxModRevision(),
        request.getMinCreateRevision(),
        request.getMaxCreateRevision());
  }

  private static SortOrder order(RangeRequest.SortOrder order) {
    return switch (order) {
      case NONE, UNRECOGNIZED -> SortOrder.NONE;
      case ASCEND -> SortOrder.ASCEND;
      case DESCEND -> SortOrder.DESCEND;
    };
  }

  private static SortTarget target(RangeRequest.SortTarget target) {
    return switch (target) {
      case KEY, UNRECOGNIZED -> SortTarget.KEY;
      case VERSION -> SortTarget.VERSION;
      case CREATE -> SortTarget.CREATE;
      case MOD -> SortTarget.MOD;
      case VALUE -> SortTarget.VALUE;
    };
  }

  static Command.Put put(PutRequest request) {
    return new Command.Put(
        bytes(request.getKey()),
        bytes(request.getValue()),
        request.getLease(),
        request.getPrevKv(),
        request.getIgnoreValue(),
        request.getIgnoreLease());
  }

  static Command.DeleteRange deleteRange(DeleteRangeRequest request) {
    return new Command.DeleteRange(
        bytes(request.getKey()), bytes(request.getRangeEnd()), request.getPrevKv());
  }

  static Command.Txn txn(TxnRequest request) {
    return new Command.Txn(
        request.getCompareList().stream().map(KvRequests::compare).toList(),
        operations(request.getSuccessList()),
        operations(request.getFailureList()));
  }

  private static List<Command.Operation> operations(List<RequestOp> operations) {
    return operations.stream().map(KvRequests::operation).toList();
  }

  private static Command.Operation operation(RequestOp operation) {
    return switch (operation.getRequestCase()) {
      case REQUEST_RANGE -> new Command.Range(range(operation.getRequestRange()));
      case REQUEST_PUT -> put(operation.getRequestPut());
      case REQUEST_DELETE_RANGE -> deleteRange(operation.getRequestDeleteRange());
      case REQUEST_TXN -> txn(operation.getRequestTxn());
      case REQUEST_NOT_SET -> throw new IllegalStateException("an operation that was checked");
    };
  }

  private static dev.remora.server.apply.Compare compare(Compare compare) {
    return switch (compare.getTarget()) {
      case VERSION -> number(compare, Target.VERSION, compare.getVersion());
      case CREATE -> number(compare, Target.CREATE, compare.getCreateRevision());
      case MOD -> number(compare, Target.MOD, compare.getModRevision());
      case LEASE -> number(compare, Target.LEASE, compare.getLease());
      case VALUE -> value(compare);
      case UNRECOGNIZED -> alike(compare);
    };
  }

  private static dev.remora.server.apply.Compare number(
      Compare compare, Target target, long number) {
    return compare.getResult() == Compare.CompareResult.UNRECOGNIZED
        ? always(compare)
        : of(compare, relation(compare.getResult()), target, number, Bytes.EMPTY);
  }

  private static dev.remora.server.apply.Compare value(Compare compare) {
    // A relation that etcd does not know holds, but a value that is absent never does.
    return compare.getResult() == Compare.CompareResult.UNRECOGNIZED
        ? of(compare, Relation.GREATER, Target.VERSION, 0, Bytes.EMPTY)
        : of(
            compare, relation(compare.getResult()), Target.VALUE, 0, bytes(compare.getValue()));
  }

  /** etcd finds what it does not know how to compare to be the same. */
  private static dev.remora.server.apply.Compare alike(Compare compare) {
    return switch (compare.getResult()) {
      case EQUAL, UNRECOGNIZED -> always(compare);
      case GREATER, LESS, NOT_EQUAL ->
          of(compare, Relation.LESS, Target.VERSION, 0, Bytes.EMPTY);
    };
  }

  private static dev.remora.server.apply.Compare always(Compare compare) {
    return of(compare, Relation.GREATER, Target.VERSION, -1, Bytes.EMPTY);
  }

  private static dev.remora.server.apply.Compare of(
      Compare compare, Relation relation, Target target, long number, Bytes value) {
    return new dev.remora.server.apply.Compare(
        relation, target, bytes(compare.getKey()), bytes(compare.getRangeEnd()), number, value);
  }

  private static Relation relation(Compare.CompareResult result) {
    return switch (result) {
      case EQUAL -> Relation.EQUAL;
      case GREATER -> Relation.GREATER;
      case LESS -> Relation.LESS;
      case NOT_EQUAL -> Relation.NOT_EQUAL;
      case UNRECOGNIZED -> throw new IllegalStateException("a relation that was checked");
    };
  }
}
