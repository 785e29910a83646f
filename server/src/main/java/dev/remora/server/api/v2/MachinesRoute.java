package dev.remora.server.api.v2;

import dev.remora.server.api.ApiRoute;
import dev.remora.server.api.Replies;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;

/** {@code /v2/machines}: where clients can connect. */
public final class MachinesRoute implements ApiRoute {
  private final Replies replies;
  private final String machines;

  /** The route; the URLs do not change while the member runs. */
  public MachinesRoute(V2Settings settings, Replies replies) {
    this.replies = replies;
    this.machines = String.join(", ", settings.clientUrls());
  }

  @Override
  public boolean serves(String path) {
    return path.equals("/v2/machines");
  }

  @Override
  public void handle(HttpServerRequest request) {
    HttpMethod method = request.method();
    if (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD)) {
      replies.sniffedText(request, machines);
    } else {
      replies.notAllowed(request, "GET,HEAD");
    }
  }
}
