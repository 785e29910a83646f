package dev.remora.server.api.v2;

import dev.remora.server.api.ApiRoute;
import dev.remora.server.api.Replies;
import dev.remora.server.replica.Door;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.stream.Collectors;

/** {@code /v2/machines}: where clients can connect. */
public final class MachinesRoute implements ApiRoute {
  private final Door door;
  private final Replies replies;

  /** The route, with the door of its loop. */
  public MachinesRoute(Door door, Replies replies) {
    this.door = door;
    this.replies = replies;
  }

  @Override
  public boolean serves(String path) {
    return path.equals("/v2/machines");
  }

  @Override
  public void handle(HttpServerRequest request) {
    HttpMethod method = request.method();
    if (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD)) {
      replies.sniffedText(request, machines());
    } else {
      replies.notAllowed(request, "GET,HEAD");
    }
  }

  private String machines() {
    return door.state().members().list().stream()
        .flatMap(member -> member.clientUrls().stream())
        .sorted()
        .collect(Collectors.joining(", "));
  }
}
