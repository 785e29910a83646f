package dev.remora.server.api.v2;

import dev.remora.server.api.Replies;
import dev.remora.server.apply.Member;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.replica.Identity;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/** The replies of {@code /v2/members}: headers and bodies. Not thread-safe: for one event loop. */
final class MembersReplies {
  private static final CharSequence CONTENT_TYPE = HttpHeaders.createOptimized("Content-Type");
  private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
  private static final CharSequence CONTENT_LENGTH = HttpHeaders.createOptimized("Content-Length");
  private static final CharSequence CLUSTER_ID = HttpHeaders.createOptimized("X-Etcd-Cluster-Id");

  private final Replies replies;
  private final String clusterId;
  private final JsonWriter json = new JsonWriter();

  MembersReplies(Replies replies, Identity identity) {
    this.replies = replies;
    this.clusterId = Long.toHexString(identity.cluster());
  }

  /** Answers with all members. */
  void list(HttpServerRequest request, List<Member> members) {
    json.clear(); // Of what may have been begun when its writing failed.
    MembersJson.list(json, members);
    end(request, 200);
  }

  /** Answers with one member. */
  void member(HttpServerRequest request, int status, Member member) {
    json.clear();
    MembersJson.member(json, member);
    json.raw('\n');
    end(request, status);
  }

  /** Answers that it is done, with no body. */
  void done(HttpServerRequest request) {
    HttpServerResponse response = request.response().setStatusCode(204);
    response.headers().add(CLUSTER_ID, clusterId);
    replies.addDate(response);
    response.end();
  }

  /**
   * Answers that a path which names no member does not take this method; unlike others, no more.
   */
  void notAllowed(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    response.putHeader("Content-Type", "text/plain; charset=utf-8");
    response.putHeader("X-Content-Type-Options", "nosniff");
    response.putHeader(CLUSTER_ID, clusterId);
    replies.end(request, 405, "Method Not Allowed\n");
  }

  /**
   * Answers that there is no such member.
   *
   * @param id each character stands for one byte
   */
  void noSuchMember(HttpServerRequest request, String id) {
    Bytes message = Bytes.wrap(("No such member: " + id).getBytes(StandardCharsets.ISO_8859_1));
    error(request, 404, message);
  }

  /** Answers that the sender may not do that; like etcd, without the id of the cluster. */
  void refuse(HttpServerRequest request, Gate.Refusal refusal) {
    json.clear();
    switch (refusal) {
      case UNAUTHORISED -> {
        MembersJson.error(json, Bytes.utf8("Insufficient credentials"));
        endWithoutCluster(request, 401);
      }
      case BUSY -> {
        MembersJson.error(json, Bytes.utf8("too many requests"));
        endWithoutCluster(request, 429);
      }
    }
  }

  /** Answers that a path is too deep; like etcd, without the id of the cluster. */
  void invalidPath(HttpServerRequest request) {
    json.clear();
    MembersJson.error(json, Bytes.utf8("Invalid path"));
    endWithoutCluster(request, 400);
  }

  /** Answers with a body that is written; it is empty if there is none. */
  void body(HttpServerRequest request, int status, Consumer<JsonWriter> written) {
    json.clear();
    written.accept(json);
    end(request, status);
  }

  private void endWithoutCluster(HttpServerRequest request, int status) {
    HttpServerResponse response = request.response().setStatusCode(status);
    response.headers().add(CONTENT_TYPE, JSON);
    endWithLength(response);
  }

  /** Answers as etcd does when it does not say why. */
  void internalError(HttpServerRequest request) {
    error(request, 500, "Internal Server Error");
  }

  /** Answers with an error. */
  void error(HttpServerRequest request, int status, String message) {
    error(request, status, Bytes.utf8(message));
  }

  private void error(HttpServerRequest request, int status, Bytes message) {
    json.clear();
    MembersJson.error(json, message);
    end(request, status);
  }

  private void end(HttpServerRequest request, int status) {
    HttpServerResponse response = request.response().setStatusCode(status);
    response.headers().add(CONTENT_TYPE, JSON).add(CLUSTER_ID, clusterId);
    endWithLength(response);
  }

  private void endWithLength(HttpServerResponse response) {
    replies.addDate(response);
    Buffer body = json.take();
    response.headers().add(CONTENT_LENGTH, Integer.toString(body.length()));
    response.end(body);
  }
}
