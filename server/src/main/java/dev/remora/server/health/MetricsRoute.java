package dev.remora.server.health;

import dev.remora.server.api.ApiRoute;
import dev.remora.server.api.Replies;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;

/** {@code /metrics}, open as in etcd. */
public final class MetricsRoute implements ApiRoute {
  private final Metrics metrics;
  private final Replies replies;

  /** The route. */
  public MetricsRoute(Metrics metrics, Replies replies) {
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
    request.response().putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    replies.end(request, 200, metrics.text());
  }
}
