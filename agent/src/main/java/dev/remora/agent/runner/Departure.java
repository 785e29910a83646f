package dev.remora.agent.runner;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The end of an agent: its services are shown as draining, its records are taken out of the
 * registry, and then its child is stopped.
 */
final class Departure {
  /** How long the registry may take to show that the services are draining. */
  private static final Duration SETTLE_MAX = Duration.ofSeconds(2);

  /** How long the child runs on at most, while the records are taken out of the registry. */
  private static final Duration LEAVE_MAX = Duration.ofSeconds(5);

  private final Vertx vertx;
  private final Services services;
  private final @Nullable Registrar registrar;
  private final @Nullable Supervisor child;
  private int childCode;

  Departure(
      Vertx vertx, Services services, @Nullable Registrar registrar, @Nullable Supervisor child) {
    this.vertx = vertx;
    this.services = services;
    this.registrar = registrar;
    this.child = child;
  }

  /** Goes; {@code drainWait} is how long the services are shown as draining. */
  Future<Void> go(Duration drainWait) {
    Registrar leaving = registrar;
    Future<Void> gone =
        leaving == null
            ? Future.succeededFuture()
            : drained(leaving, drainWait)
                .compose(_ -> {
                  services.stop();
                  return leaving.stop();
                });
    Supervisor running = child;
    return running == null ? gone : stopChild(running, gone, drainWait);
  }

  /** The exit code of the child, once it is gone; 0 if it ended as it was asked to. */
  int childCode() {
    return childCode;
  }

  /** The child does not wait for a registry that is away. */
  private Future<Void> stopChild(Supervisor running, Future<Void> gone, Duration drainWait) {
    Promise<Void> free = Promise.promise();
    gone.onComplete(_ -> free.tryComplete());
    vertx.setTimer(drainWait.plus(LEAVE_MAX).toMillis(), _ -> free.tryComplete());
    return free.future()
        .compose(_ -> running.stop())
        .compose(code -> {
          childCode = code;
          return gone.isComplete() ? gone : Future.failedFuture("the registry does not answer");
        });
  }

  private Future<Void> drained(Registrar leaving, Duration wait) {
    if (services.size() == 0 || wait.isZero()) {
      return Future.succeededFuture();
    }
    services.drain();
    return leaving
        .settled(SETTLE_MAX)
        .compose(_ -> leaving.isRegistered() ? waited(wait) : Future.succeededFuture());
  }

  private Future<Void> waited(Duration time) {
    Promise<Void> over = Promise.promise();
    vertx.setTimer(time.toMillis(), _ -> over.complete());
    return over.future();
  }
}
