package dev.remora.server.health;

import dev.remora.server.api.ApiRoute;
import dev.remora.server.api.Replies;
import dev.remora.server.api.RequestTarget;
import dev.remora.server.apply.Alarm;
import dev.remora.server.apply.State;
import dev.remora.server.replica.Door;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

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
      case "/readyz" ->
          check(
              request,
              state -> !state.alarms().has(Alarm.Kind.CORRUPT),
              "ok\n",
              "no linearizable read within 1 s, or the data is corrupt\n");
      default ->
          check(
              request,
              state -> isWithoutAlarm(request, state),
              "{\"health\":\"true\"}",
              "{\"health\":\"false\"}\n");
    }
  }

  /** As in etcd, {@code ?exclude=NOSPACE} leaves that alarm out. */
  private static boolean isWithoutAlarm(HttpServerRequest request, State state) {
    List<String> excluded = request.params().getAll("exclude");
    return state.alarms().raised().stream()
        .allMatch(alarm -> excluded.contains(alarm.kind().name()));
  }

  private void check(HttpServerRequest request, Predicate<State> isWell, String good, String bad) {
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
    door.readIndex(confirmed -> {
      vertx.cancelTimer(timer);
      once.tell(confirmed.filter(isWell).isPresent());
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
