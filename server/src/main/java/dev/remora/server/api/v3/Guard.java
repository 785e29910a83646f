package dev.remora.server.api.v3;

import dev.remora.server.api.Principals;
import dev.remora.server.apply.State;
import dev.remora.server.auth.Operation;
import dev.remora.server.replica.Door;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.function.Function;

/** Stands before every call of the v3 door. For one event loop. */
final class Guard {
  private final Door door;
  private final Principals principals;

  Guard(Door door, Principals principals) {
    this.door = door;
    this.principals = principals;
  }

  /** The newest state. */
  State state() {
    return door.state();
  }

  /** What a request may do; see {@link Permit}. */
  Permit permit(HttpServerRequest request, Function<State, List<Operation>> needs) {
    return new Permit(principals, request, needs);
  }

  /** A route whose every request needs the same, found out before its body is read. */
  Route of(List<Operation> needs, Route route) {
    return request -> {
      ApiError refusal = permit(request, _ -> needs).refusal(state());
      if (refusal == null) {
        route.handle(request);
      } else {
        HttpErrors.ofCall(request.response(), refusal);
      }
    };
  }
}
