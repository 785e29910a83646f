package dev.remora.server.api.v2;

import dev.remora.server.api.Replies;
import dev.remora.server.apply.State;
import dev.remora.server.mvcc.Version;
import dev.remora.server.replica.Identity;
import dev.remora.server.tree.Node;
import dev.remora.server.tree.TreeEvent;
import dev.remora.server.tree.TreeResult;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.function.LongSupplier;

/** The replies of {@code /v2/keys}: headers and bodies. Not thread-safe: for one event loop. */
final class KeysReplies {
  /** A longer body is sent in chunks, as Go's server does once its buffer is full. */
  private static final int UNCHUNKED_BYTES_MAX = 2_048;

  private static final CharSequence CONTENT_TYPE = HttpHeaders.createOptimized("Content-Type");
  private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
  private static final CharSequence CONTENT_LENGTH = HttpHeaders.createOptimized("Content-Length");
  private static final CharSequence CLUSTER_ID = HttpHeaders.createOptimized("X-Etcd-Cluster-Id");
  private static final CharSequence ETCD_INDEX = HttpHeaders.createOptimized("X-Etcd-Index");
  private static final CharSequence RAFT_INDEX = HttpHeaders.createOptimized("X-Raft-Index");
  private static final CharSequence RAFT_TERM = HttpHeaders.createOptimized("X-Raft-Term");

  private final Replies replies;
  private final LongSupplier wallNanos;
  private final CharSequence clusterId;
  private final JsonWriter json = new JsonWriter();

  KeysReplies(Replies replies, LongSupplier wallNanos, Identity identity) {
    this.replies = replies;
    this.wallNanos = wallNanos;
    this.clusterId = HttpHeaders.createOptimized(Long.toHexString(identity.cluster()));
  }

  /** Answers a read with a file. */
  void file(HttpServerRequest request, Version file, State state) {
    KeysJson.get(json, file, wallNanos.getAsLong());
    succeed(request, 200, state.revision(), state);
  }

  /** Answers a read with a directory. */
  void directory(HttpServerRequest request, Node directory, State state) {
    KeysJson.get(json, directory, wallNanos.getAsLong());
    succeed(request, 200, state.revision(), state);
  }

  /** Answers a write that was done. */
  void done(HttpServerRequest request, TreeResult.Done done, State state, boolean isQuiet) {
    TreeEvent event = done.event();
    if (isQuiet) {
      KeysJson.quiet(json, event.action());
    } else {
      KeysJson.event(json, event, wallNanos.getAsLong());
    }
    // The state may hold later writes already; the store's index is this write's own.
    succeed(request, done.isCreated() ? 201 : 200, event.node().modifiedIndex(), state);
  }

  /** Answers with an error. */
  void error(HttpServerRequest request, KeysError error) {
    json.clear(); // Of what may have been begun when its writing failed.
    HttpServerResponse response = request.response().setStatusCode(error.code().status());
    response
        .headers()
        .add(CONTENT_TYPE, JSON)
        .add(CLUSTER_ID, clusterId)
        .add(ETCD_INDEX, Long.toString(error.index()));
    KeysJson.error(json, error);
    end(request);
  }

  /** Begins the reply to a watch: the headers go out at once, the body as it comes. */
  void beginWatch(HttpServerRequest request, State state) {
    HttpServerResponse response = request.response();
    addHeaders(response, state.revision(), state);
    replies.addDate(response);
    if (request.version() == HttpVersion.HTTP_1_0) {
      // Without chunks, the end of the connection is the end of the body.
      response.write(Buffer.buffer());
    } else {
      response.setChunked(true);
      response.writeHead();
    }
  }

  /** One event for a watcher, a line of JSON. */
  Buffer line(TreeEvent event) {
    KeysJson.event(json, event, wallNanos.getAsLong());
    return json.take();
  }

  private void succeed(HttpServerRequest request, int status, long etcdIndex, State state) {
    addHeaders(request.response().setStatusCode(status), etcdIndex, state);
    end(request);
  }

  private void addHeaders(HttpServerResponse response, long etcdIndex, State state) {
    response
        .headers()
        .add(CONTENT_TYPE, JSON)
        .add(CLUSTER_ID, clusterId)
        .add(ETCD_INDEX, Long.toString(etcdIndex))
        .add(RAFT_INDEX, Long.toString(state.index()))
        .add(RAFT_TERM, Long.toString(state.term()));
  }

  private void end(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    replies.addDate(response);
    boolean isLong = json.size() > UNCHUNKED_BYTES_MAX;
    Buffer body = json.take();
    if (!isLong) {
      response.headers().add(CONTENT_LENGTH, Integer.toString(body.length()));
    } else if (request.version() == HttpVersion.HTTP_1_1) {
      response.setChunked(true);
    }
    if (request.method().equals(HttpMethod.HEAD)) {
      response.end();
    } else {
      response.end(body);
    }
  }
}
