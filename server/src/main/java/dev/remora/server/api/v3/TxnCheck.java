package dev.remora.server.api.v3;

import com.google.protobuf.ByteString;
import dev.remora.server.api.v3.proto.Compare;
import dev.remora.server.api.v3.proto.DeleteRangeRequest;
import dev.remora.server.api.v3.proto.PutRequest;
import dev.remora.server.api.v3.proto.RangeRequest;
import dev.remora.server.api.v3.proto.RequestOp;
import dev.remora.server.api.v3.proto.TxnRequest;
import dev.remora.server.mvcc.Bytes;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is refused of KV requests before anything is proposed, in etcd's order: the first mistake
 * found is the one that is told. Each check answers null if all is well.
 */
final class TxnCheck {
  /** Deepest nesting: the log's own format has a bound, which etcd's has not. */
  static final int NESTING_MAX = 32;

  private TxnCheck() {}

  static @Nullable ApiError range(RangeRequest request) {
    if (request.getKey().isEmpty()) {
      return ApiError.EMPTY_KEY;
    }
    return request.getSortTarget() == RangeRequest.SortTarget.UNRECOGNIZED
        ? ApiError.INVALID_SORT
        : null;
  }

  static @Nullable ApiError put(PutRequest request) {
    if (request.getKey().isEmpty()) {
      return ApiError.EMPTY_KEY;
    }
    if (request.getIgnoreValue() && !request.getValue().isEmpty()) {
      return ApiError.VALUE_PROVIDED;
    }
    return request.getIgnoreLease() && request.getLease() != 0 ? ApiError.LEASE_PROVIDED : null;
  }

  static @Nullable ApiError deleteRange(DeleteRangeRequest request) {
    return request.getKey().isEmpty() ? ApiError.EMPTY_KEY : null;
  }

  static @Nullable ApiError txn(TxnRequest request, int opsMax) {
    ApiError error = form(request, opsMax, 0);
    if (error != null) {
      return error;
    }
    boolean isClear =
        new Written().add(request.getSuccessList()) && new Written().add(request.getFailureList());
    return isClear ? null : ApiError.DUPLICATE_KEY;
  }

  private static @Nullable ApiError form(TxnRequest request, int opsMax, int nesting) {
    int ops =
        Math.max(
            request.getCompareCount(),
            Math.max(request.getSuccessCount(), request.getFailureCount()));
    if (ops > opsMax || nesting > NESTING_MAX) {
      return ApiError.TOO_MANY_OPS;
    }
    for (Compare compare : request.getCompareList()) {
      if (compare.getKey().isEmpty()) {
        return ApiError.EMPTY_KEY;
      }
    }
    ApiError error = forms(request.getSuccessList(), opsMax - ops, nesting);
    return error != null ? error : forms(request.getFailureList(), opsMax - ops, nesting);
  }

  private static @Nullable ApiError forms(List<RequestOp> operations, int opsMax, int nesting) {
    for (RequestOp operation : operations) {
      ApiError error =
          switch (operation.getRequestCase()) {
            case REQUEST_RANGE -> range(operation.getRequestRange());
            case REQUEST_PUT -> put(operation.getRequestPut());
            case REQUEST_DELETE_RANGE -> deleteRange(operation.getRequestDeleteRange());
            case REQUEST_TXN -> form(operation.getRequestTxn(), opsMax, nesting + 1);
            case REQUEST_NOT_SET -> ApiError.KEY_NOT_FOUND;
          };
      if (error != null) {
        return error;
      }
    }
    return null;
  }

  /**
   * What the operations of one branch write. No key may be put twice, or put and deleted; but the
   * two branches of a nested transaction may put the same key, as only one of them runs. (etcd's
   * checkIntervals.)
   */
  private static final class Written {
    private final Set<ByteString> puts = new HashSet<>();

    /** The ends of the deleted ranges by their beginnings; no two overlap. */
    private final TreeMap<Bytes, Bytes> deletes = new TreeMap<>();

    /** Adds a branch; false if something is written twice. */
    boolean add(List<RequestOp> branch) {
      for (RequestOp operation : branch) {
        if (operation.hasRequestDeleteRange()) {
          addDelete(operation.getRequestDeleteRange());
        }
      }
      for (RequestOp operation : branch) {
        if (operation.hasRequestTxn() && !addNested(operation.getRequestTxn())) {
          return false;
        }
      }
      for (RequestOp operation : branch) {
        if (operation.hasRequestPut() && !addPut(operation.getRequestPut().getKey())) {
          return false;
        }
      }
      return true;
    }

    private boolean addNested(TxnRequest nested) {
      Written success = new Written();
      Written failure = new Written();
      if (!success.add(nested.getSuccessList()) || !failure.add(nested.getFailureList())) {
        return false;
      }
      for (ByteString key : success.puts) {
        if (!addPut(key)) {
          return false;
        }
      }
      for (ByteString key : failure.puts) {
        if (!success.puts.contains(key) && !addPut(key)) {
          return false;
        }
      }
      success.deletes.forEach(this::addDelete);
      failure.deletes.forEach(this::addDelete);
      return true;
    }

    private boolean addPut(ByteString key) {
      Bytes bytes = KvRequests.bytes(key);
      Map.Entry<Bytes, Bytes> range = deletes.floorEntry(bytes);
      return puts.add(key) && (range == null || bytes.compareTo(range.getValue()) >= 0);
    }

    /** A delete to the end of all keys counts as empty here, as it does in etcd. */
    private void addDelete(DeleteRangeRequest request) {
      Bytes key = KvRequests.bytes(request.getKey());
      addDelete(
          key, request.getRangeEnd().isEmpty() ? key.next() : KvRequests.bytes(request.getRangeEnd()));
    }

    private void addDelete(Bytes from, Bytes to) {
      if (from.compareTo(to) >= 0) {
        return;
      }
      Bytes first = from;
      Bytes last = to;
      Map.Entry<Bytes, Bytes> before = deletes.lowerEntry(to);
      while (before != null && before.getValue().compareTo(first) >= 0) {
        deletes.remove(before.getKey());
        first = first.compareTo(before.getKey()) <= 0 ? first : before.getKey();
        last = last.compareTo(before.getValue()) >= 0 ? last : before.getValue();
        before = deletes.lowerEntry(to);
      }
      deletes.put(first, last);
    }
  }
}
