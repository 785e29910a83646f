package dev.remora.server.api.v3;

import com.google.protobuf.ByteString;
import dev.remora.server.api.v3.proto.AuthRoleGetRequest;
import dev.remora.server.api.v3.proto.AuthUserGetRequest;
import dev.remora.server.api.v3.proto.Compare;
import dev.remora.server.api.v3.proto.DeleteRangeRequest;
import dev.remora.server.api.v3.proto.LeaseLeasesRequest;
import dev.remora.server.api.v3.proto.LeaseTimeToLiveRequest;
import dev.remora.server.api.v3.proto.PutRequest;
import dev.remora.server.api.v3.proto.RangeRequest;
import dev.remora.server.api.v3.proto.RequestOp;
import dev.remora.server.api.v3.proto.TxnRequest;
import dev.remora.server.apply.State;
import dev.remora.server.auth.Operation;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.KeyRange;
import java.util.ArrayList;
import java.util.List;

/**
 * The operations that each request of the v3 door is made of: the range of each is the one that is
 * executed, and a transaction has those of all its parts, whichever branch it will take. What is
 * malformed may have none; it is refused for that.
 */
final class Rights {
  private static final List<Operation> ROOT = List.of(new Operation.Administer());
  private static final List<Operation> USER = List.of(new Operation.Use());

  /** What a request needs on a state. */
  interface Rule<Q> {
    List<Operation> of(Q request, State state);
  }

  private Rights() {}

  /** Everybody may, without a name too. */
  static <Q> Rule<Q> open() {
    return (_, _) -> List.of();
  }

  /** Whoever is a user may. */
  static <Q> Rule<Q> user() {
    return (_, _) -> USER;
  }

  /** Only root may. */
  static <Q> Rule<Q> root() {
    return (_, _) -> ROOT;
  }

  static List<Operation> range(RangeRequest request, State state) {
    return List.of(new Operation.Read(range(request.getKey(), request.getRangeEnd())));
  }

  static List<Operation> put(PutRequest request, State state) {
    KeyRange key = range(request.getKey(), ByteString.EMPTY);
    List<Operation> needs = new ArrayList<>();
    needs.add(new Operation.Write(key));
    if (request.getPrevKv()) {
      needs.add(new Operation.Read(key));
    }
    if (request.getLease() != 0) {
      needs.addAll(writes(request.getLease(), state)); // They live and die together from now on.
    }
    return needs;
  }

  static List<Operation> deleteRange(DeleteRangeRequest request, State state) {
    KeyRange range = range(request.getKey(), request.getRangeEnd());
    return request.getPrevKv()
        ? List.of(new Operation.Write(range), new Operation.Read(range))
        : List.of(new Operation.Write(range));
  }

  /** Even one that does nothing is for users only. */
  static List<Operation> txn(TxnRequest request, State state) {
    List<Operation> needs = new ArrayList<>(USER);
    addTxn(request, state, 0, needs);
    return needs;
  }

  private static void addTxn(TxnRequest request, State state, int nesting, List<Operation> needs) {
    if (nesting > TxnCheck.NESTING_MAX) {
      needs.addAll(ROOT); // It will be refused in any case; nobody has to look further down.
      return;
    }
    for (Compare compare : request.getCompareList()) {
      needs.add(new Operation.Read(range(compare.getKey(), compare.getRangeEnd())));
    }
    addAll(request.getSuccessList(), state, nesting, needs);
    addAll(request.getFailureList(), state, nesting, needs);
  }

  private static void addAll(
      List<RequestOp> operations, State state, int nesting, List<Operation> needs) {
    for (RequestOp operation : operations) {
      switch (operation.getRequestCase()) {
        case REQUEST_RANGE -> needs.addAll(range(operation.getRequestRange(), state));
        case REQUEST_PUT -> needs.addAll(put(operation.getRequestPut(), state));
        case REQUEST_DELETE_RANGE ->
            needs.addAll(deleteRange(operation.getRequestDeleteRange(), state));
        case REQUEST_TXN -> addTxn(operation.getRequestTxn(), state, nesting + 1, needs);
        case REQUEST_NOT_SET -> {}
      }
    }
  }

  /** Revoking a lease removes its keys, and keeping it alive keeps them. */
  static List<Operation> lease(long id, State state) {
    List<Operation> needs = new ArrayList<>(USER);
    needs.addAll(writes(id, state));
    return needs;
  }

  /** The names of a lease's keys are shown only to who may read them (CVE-2023-32082). */
  static List<Operation> timeToLive(LeaseTimeToLiveRequest request, State state) {
    List<Operation> needs = new ArrayList<>(USER);
    if (request.getKeys()) {
      needs.addAll(reads(request.getID(), state));
    }
    return needs;
  }

  /** Who knows a lease's id can end it: the ids of others are shown to who may read their keys. */
  static List<Operation> leases(LeaseLeasesRequest request, State state) {
    List<Operation> needs = new ArrayList<>(USER);
    state.leases().ids().forEach(id -> needs.addAll(reads(id, state)));
    return needs;
  }

  private static List<Operation> writes(long lease, State state) {
    return state.leases().keys(lease).stream()
        .<Operation>map(key -> new Operation.Write(KeyRange.of(key, Bytes.EMPTY)))
        .toList();
  }

  private static List<Operation> reads(long lease, State state) {
    return state.leases().keys(lease).stream()
        .<Operation>map(key -> new Operation.Read(KeyRange.of(key, Bytes.EMPTY)))
        .toList();
  }

  static List<Operation> userGet(AuthUserGetRequest request, State state) {
    return List.of(new Operation.LookAtUser(request.getName()));
  }

  static List<Operation> roleGet(AuthRoleGetRequest request, State state) {
    return List.of(new Operation.LookAtRole(request.getRole()));
  }

  private static KeyRange range(ByteString key, ByteString rangeEnd) {
    return KeyRange.of(KvRequests.bytes(key), KvRequests.bytes(rangeEnd));
  }
}
