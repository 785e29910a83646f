package dev.remora.server.health;

import dev.remora.server.api.ApiRoute;
import dev.remora.server.api.Replies;
import dev.remora.server.api.RequestTarget;
import dev.remora.server.replica.Door;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Consumer;

/**
 * {@code /health} in etcd 3.4's form, {@code /livez} and {@code /readyz} in that of Kubernetes. To
 * be used on the loop of its door.
 */
public final class HealthRoute implements ApiRoute {
  /** How long the read may take that proves the member healthy; etcd's bound. */
  static final long READ_MILLIS_MAX = 1_000;

  private final Vertx vertx;
  private final Door door;
  private final Replies replies;

  /** The route. */
  public HealthRoute(Vertx vertx, Door door, Replies replies) {
    this.vertx = vertx;
    this.door = door;
    this.replies = replies;
  }

  @Override
  public boolean serves(String path) {
    return switch (path) {
      case "/health", "/livez", "/readyz" -> true;
      default -> false;
    };
  }

  @Override
  public void handle(HttpServerRequest request) {
    if (!request.method().equals(HttpMethod.GET)) {
      replies.notAllowed(request, "GET");
      return;
    }
    if (!(RequestTarget.of(request.uri()) instanceof RequestTarget.Good(String path, _))) {
      throw new IllegalStateException("a request came whose path is not clean");
    }
    switch (path) {
      case "/livez" -> replies.sniffedText(request, "ok\n");
      case "/readyz" -> check(request, "ok\n", "no linearizable read within 1 s\n");
      default -> check(request, "{\"health\":\"true\"}", "{\"health\":\"false\"}\n");
    }
  }

  private void check(HttpServerRequest request, String good, String bad) {
    Once once =
        new Once(isGood -> {
          if (request.response().closed()) {
            return;
          }
          if (isGood) {
            replies.sniffedText(request, good);
          } else {
            replies.text(request, 503, bad);
          }
        });
    long timer = vertx.setTimer(READ_MILLIS_MAX, _ -> once.tell(false));
    door.readIndex(_ -> {
      vertx.cancelTimer(timer);
      once.tell(true);
    });
  }

  /** Passes on the first of the answer and the timeout. */
  private static final class Once {
    private final Consumer<Boolean> told;
    private boolean isOver;

    Once(Consumer<Boolean> told) {
      this.told = told;
    }

    void tell(boolean isGood) {
      if (!isOver) {
        isOver = true;
        told.accept(isGood);
      }
    }
  }
}
