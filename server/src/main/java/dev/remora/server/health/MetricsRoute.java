package dev.remora.server.health;

import dev.remora.server.api.ApiRoute;
import dev.remora.server.api.Failures;
import dev.remora.server.api.Replies;
import io.vertx.core.AsyncResult;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;

/** {@code /metrics}, open as in etcd. Made beside the loop: it counts the open files, for one. */
public final class MetricsRoute implements ApiRoute {
  private final Vertx vertx;
  private final Metrics metrics;
  private final Replies replies;

  /** The route. */
  public MetricsRoute(Vertx vertx, Metrics metrics, Replies replies) {
    this.vertx = vertx;
    this.metrics = metrics;
    this.replies = replies;
  }

  @Override
  public boolean serves(String path) {
    return path.equals("/metrics");
  }

  @Override
  public void handle(HttpServerRequest request) {
    if (!request.method().equals(HttpMethod.GET)) {
      replies.notAllowed(request, "GET");
      return;
    }
    vertx
        .executeBlocking(metrics::text, false)
        .onComplete(made ->
            Failures.guard(
                request,
                () -> show(request, made),
                () -> replies.text(request, 500, Failures.CAUSE + "\n")));
  }

  private void show(HttpServerRequest request, AsyncResult<String> made) {
    if (made.failed()) {
      throw new IllegalStateException("the metrics cannot be shown", made.cause());
    }
    if (!request.response().closed()) {
      request.response().putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
      replies.end(request, 200, made.result());
    }
  }
}
