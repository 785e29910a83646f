package dev.remora.server.api;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a client is told when our code fails under its request: something, and no more than that.
 */
public final class Failures {
  /** The cause at either door; the reason is in the log. */
  public static final String CAUSE = "etcdserver: internal error";

  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);
  private static final String CORS = "Access-Control-";

  private Failures() {}

  /**
   * Does a part of answering a request. Every call-back of a request that may throw goes through
   * here: nobody else would tell the client.
   *
   * @param answer answers with status 500; run if the task fails before the head of its answer is
   *     sent, later the answer is cut
   */
  public static void guard(HttpServerRequest request, Runnable task, Runnable answer) {
    try {
      task.run();
    } catch (RuntimeException | StackOverflowError e) {
      LOG.error("method={} a request failed", request.method(), e);
      end(request.response(), answer);
    }
  }

  private static void end(HttpServerResponse response, Runnable answer) {
    if (response.ended() || response.closed()) {
      return;
    }
    if (response.headWritten()) {
      response.reset();
      return;
    }
    for (String name : List.copyOf(response.headers().names())) {
      if (!name.startsWith(CORS)) {
        response.headers().remove(name);
      }
    }
    answer.run();
  }
}
