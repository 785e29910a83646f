package dev.remora.agent.registry;

import dev.remora.agent.registry.JsonClient.Answer;
import dev.remora.agent.runner.Registry;
import dev.remora.agent.runner.RegistryException;
import dev.remora.agent.service.Txn;
import dev.remora.agent.view.KeyRange;
import dev.remora.agent.view.KeyValue;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The registry through etcd's v3 JSON API. Make and use it on one Vert.x context. */
public final class EtcdRegistry implements Registry {
  /** etcd's bound on the operations of a transaction. */
  private static final int TXN_OPERATIONS_MAX = 128;

  private static final int GRPC_NOT_FOUND = 5;

  private final Vertx vertx;
  private final JsonClient client;

  /** Opens no connection yet. */
  public EtcdRegistry(Vertx vertx, Access access) {
    this.vertx = vertx;
    this.client = new JsonClient(vertx, access);
  }

  @Override
  public long requests() {
    return client.requests();
  }

  @Override
  public Future<Void> refresh() {
    return client.refresh();
  }

  @Override
  public Future<Ranges> read(List<KeyRange> ranges) {
    if (ranges.size() == 1) {
      return client
          .post("/v3/kv/range", Wire.range(ranges.getFirst()))
          .compose(done(body -> new Ranges(Wire.revision(body), List.of(Wire.keyValues(body)))));
    }
    return readFrom(ranges, 0, 0, new ArrayList<>());
  }

  @Override
  public Future<List<Newest>> newest(List<KeyRange> ranges) {
    JsonArray operations = new JsonArray();
    for (KeyRange range : ranges.subList(0, Math.min(ranges.size(), TXN_OPERATIONS_MAX))) {
      operations.add(new JsonObject().put("request_range", Wire.newest(range)));
    }
    return client
        .post("/v3/kv/txn", new JsonObject().put("success", operations))
        .compose(
            done(body -> {
              List<Newest> found = new ArrayList<>();
              for (JsonObject response : Wire.objects(body, "responses")) {
                found.add(Wire.newest(Wire.object(response, "response_range")));
              }
              if (found.size() != operations.size()) {
                throw new IllegalArgumentException("not as many answers as questions");
              }
              return found;
            }));
  }

  /** Reads a transaction's worth at a time; all but the first are pinned to its revision. */
  private Future<Ranges> readFrom(
      List<KeyRange> ranges, int start, long revision, List<List<KeyValue>> values) {
    int end = Math.min(ranges.size(), start + TXN_OPERATIONS_MAX);
    JsonArray operations = new JsonArray();
    for (KeyRange range : ranges.subList(start, end)) {
      JsonObject request = Wire.range(range);
      if (revision > 0) {
        request.put("revision", Long.toString(revision));
      }
      operations.add(new JsonObject().put("request_range", request));
    }
    return client
        .post("/v3/kv/txn", new JsonObject().put("success", operations))
        .compose(done(body -> body))
        .compose(body -> {
          long pinned = revision > 0 ? revision : Wire.revision(body);
          for (JsonObject response : Wire.objects(body, "responses")) {
            values.add(Wire.keyValues(Wire.object(response, "response_range")));
          }
          if (values.size() != end) {
            return Future.failedFuture(malformed());
          }
          return end == ranges.size()
              ? Future.succeededFuture(new Ranges(pinned, values))
              : readFrom(ranges, end, pinned, values);
        })
        .recover(this::asRegistryFailure);
  }

  @Override
  public Future<TxnResult> commit(Txn txn) {
    return client
        .post("/v3/kv/txn", Wire.txn(txn))
        .compose(answer ->
            answer instanceof Answer.Refused(int code, _) && code == GRPC_NOT_FOUND
                ? Future.succeededFuture(new TxnResult.LeaseNotFound())
                : this.<TxnResult>done(EtcdRegistry::txnResult).apply(answer));
  }

  private static TxnResult txnResult(JsonObject body) {
    return Wire.isTrue(body, "succeeded")
        ? new TxnResult.Committed(Wire.revision(body))
        : new TxnResult.Refused();
  }

  @Override
  public Future<Lease> grant(Duration ttl) {
    return client
        .post("/v3/lease/grant", new JsonObject().put("TTL", Long.toString(ttl.toSeconds())))
        .compose(
            done(body -> {
              long id = Wire.number(body, "ID");
              long seconds = Wire.number(body, "TTL");
              if (id == 0 || seconds <= 0) {
                throw new IllegalArgumentException("no lease in a grant");
              }
              return new Lease(id, Duration.ofSeconds(seconds));
            }));
  }

  @Override
  public Future<LeaseState> keepAlive(long lease) {
    return client
        .post("/v3/lease/keepalive", new JsonObject().put("ID", Long.toString(lease)))
        .compose(done(body -> leaseState(Wire.number(Wire.object(body, "result"), "TTL"))));
  }

  @Override
  public Future<LeaseState> timeToLive(long lease) {
    return client
        .post("/v3/lease/timetolive", new JsonObject().put("ID", Long.toString(lease)))
        .compose(answer ->
            answer instanceof Answer.Refused(int code, _) && code == GRPC_NOT_FOUND
                ? Future.succeededFuture(new LeaseState.Gone())
                : this.<LeaseState>done(EtcdRegistry::timeToLive).apply(answer));
  }

  /** A lease in its last second shows no TTL at all but still its granted one. */
  private static LeaseState timeToLive(JsonObject body) {
    long seconds = Wire.number(body, "TTL");
    return seconds < 0 ? new LeaseState.Gone() : new LeaseState.Alive(Duration.ofSeconds(seconds));
  }

  private static LeaseState leaseState(long seconds) {
    return seconds <= 0 ? new LeaseState.Gone() : new LeaseState.Alive(Duration.ofSeconds(seconds));
  }

  @Override
  public Future<Void> revoke(long lease) {
    return client
        .post("/v3/lease/revoke", new JsonObject().put("ID", Long.toString(lease)))
        .compose(answer ->
            answer instanceof Answer.Refused(int code, _) && code == GRPC_NOT_FOUND
                ? Future.succeededFuture()
                : done(_ -> answer).apply(answer).mapEmpty());
  }

  @Override
  public Watch watch(List<WatchFrom> ranges, WatchListener listener) {
    WatchStream stream = new WatchStream(vertx, client, ranges, listener);
    stream.open();
    return stream;
  }

  /** Closes all connections. */
  public Future<Void> close() {
    return client.close();
  }

  /** Turns an answer into a value; a refusal and a malformed message into a failure. */
  private <T> Function<Answer, Future<T>> done(Function<JsonObject, T> decode) {
    return answer ->
        switch (answer) {
          case Answer.Refused(_, String message) ->
              Future.failedFuture(
                  new RegistryException("registry " + client.endpoint() + ": " + message));
          case Answer.Done(JsonObject body) -> {
            try {
              yield Future.succeededFuture(decode.apply(body));
            } catch (IllegalArgumentException | ClassCastException _) {
              yield Future.failedFuture(malformed());
            }
          }
        };
  }

  private <T> Future<T> asRegistryFailure(Throwable failure) {
    return Future.failedFuture(
        failure instanceof IllegalArgumentException || failure instanceof ClassCastException
            ? malformed()
            : failure);
  }

  private RegistryException malformed() {
    java.net.URI endpoint = client.endpoint();
    client.leave(endpoint);
    return new RegistryException("registry " + endpoint + " gives answers that are not etcd's");
  }
}
