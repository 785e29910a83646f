package dev.remora.server.health;

import dev.remora.server.api.ApiRoute;
import dev.remora.server.api.Replies;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;

/** {@code /version}: which etcd this is as good as, since clients choose by it. */
public final class VersionRoute implements ApiRoute {
  private static final String BODY = "{\"etcdserver\":\"3.4.44\",\"etcdcluster\":\"3.4.0\"}";

  private final Replies replies;

  /** The route. */
  public VersionRoute(Replies replies) {
    this.replies = replies;
  }

  @Override
  public boolean serves(String path) {
    return path.equals("/version");
  }

  @Override
  public void handle(HttpServerRequest request) {
    if (!request.method().equals(HttpMethod.GET)) {
      replies.notAllowed(request, "GET");
      return;
    }
    request.response().putHeader("Content-Type", "application/json");
    replies.end(request, 200, BODY);
  }
}
