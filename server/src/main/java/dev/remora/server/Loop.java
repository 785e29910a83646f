package dev.remora.server;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;

/** An event-loop context of its own, and things done on it. */
final class Loop {
  private final Context context;

  private Loop(Context context) {
    this.context = context;
  }

  /** Contexts are dealt out over the event loops in turn. */
  static Future<Loop> open(Vertx vertx) {
    Promise<Loop> opened = Promise.promise();
    return vertx
        .deployVerticle(
            new VerticleBase() {
              @Override
              public Future<?> start() {
                opened.complete(new Loop(context));
                return Future.succeededFuture();
              }
            })
        .compose(_ -> opened.future());
  }

  /** Runs things on the loop, one after the other. */
  Executor executor() {
    return task -> context.runOnContext(_ -> task.run());
  }

  Context context() {
    return context;
  }

  /** Does something on the loop. */
  <T> Future<T> call(Callable<T> task) {
    Promise<T> done = Promise.promise();
    context.runOnContext(_ -> {
      try {
        done.complete(task.call());
      } catch (Exception e) {
        done.fail(e);
      }
    });
    return done.future();
  }

  /** Begins something on the loop that ends later. */
  <T> Future<T> begin(Callable<? extends Future<T>> task) {
    return call(task).compose(future -> future);
  }
}
