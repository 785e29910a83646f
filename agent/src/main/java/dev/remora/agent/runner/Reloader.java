package dev.remora.agent.runner;

import dev.remora.agent.service.CheckStatus;
import dev.remora.agent.service.Probe;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Tells programs that their files are different, and looks if they work with them. */
final class Reloader {
  private static final long LOOK_MILLIS_MAX = 3_000;
  private static final long PAUSE_MILLIS = 200;

  private final Vertx vertx;
  private final Context context;
  private final Ports ports;
  private final Child child;

  /** The program that the agent supervises, as far as reloads know it. */
  interface Child {
    /** Whether there is one, and it has been started. */
    boolean isStarted();

    /** Tells it, or restarts it; answers why that failed, or with null. */
    Future<@Nullable String> reload(boolean isRestart);
  }

  Reloader(Vertx vertx, Context context, Ports ports, Child child) {
    this.vertx = vertx;
    this.context = context;
    this.ports = ports;
    this.child = child;
  }

  /** Tells all, in order, up to the first that fails; answers why it did, or with null. */
  Future<@Nullable String> reload(List<ReloadSpec> reloads) {
    if (reloads.isEmpty()) {
      return Future.succeededFuture(null);
    }
    return tell(reloads.getFirst())
        .otherwise(failure -> "reload failed: " + failure.getMessage())
        .compose(failure ->
            failure == null
                ? reload(reloads.subList(1, reloads.size()))
                : Future.succeededFuture(failure));
  }

  private Future<@Nullable String> tell(ReloadSpec reload) {
    return switch (reload) {
      case ReloadSpec.Command(List<String> command, Duration timeout) ->
          run("reload", new Commands.Command(command, "", timeout));
      case ReloadSpec.Http(Probe.Http request, Duration timeout) ->
          look(request, timeout.toMillis())
              .map(reason -> reason == null ? null : "reload " + request.url() + ": " + reason);
      case ReloadSpec.Signal(ReloadSpec.Target target, String signal) -> {
        Callable<Boolean> send =
            () -> {
              ports.signals().send(target, signal);
              return true;
            };
        yield vertx.executeBlocking(send, false).map(_ -> (@Nullable String) null);
      }
      case ReloadSpec.Child(boolean isRestart) -> child.reload(isRestart);
    };
  }

  /** Runs a command and answers why it failed, or with null. */
  Future<@Nullable String> run(String what, Commands.Command command) {
    return Future.fromCompletionStage(ports.commands().run(command), context)
        .map(result -> CommandOutcome.failure(what, command.arguments(), result))
        .otherwise(failure -> what + " failed: " + failure.getClass().getSimpleName());
  }

  private Future<@Nullable String> look(Probe probe, long millis) {
    return ports
        .probes()
        .look(probe, millis)
        .map(finding -> finding.status() == CheckStatus.PASSING ? null : finding.reason());
  }

  /**
   * Looks until the program is found to work, or the time is up; answers why it does not, or with
   * null. What is only to be started works for now.
   */
  Future<@Nullable String> verify(VerifySpec verify, List<ReloadSpec> reloads) {
    boolean isOfChild = reloads.stream().anyMatch(ReloadSpec.Child.class::isInstance);
    if (isOfChild && !child.isStarted()) {
      return Future.succeededFuture(null);
    }
    return verify(verify.probe(), Clock.millis() + verify.within().toMillis());
  }

  private Future<@Nullable String> verify(Probe probe, long untilMillis) {
    long left = Math.max(1, untilMillis - Clock.millis());
    return look(probe, Math.min(LOOK_MILLIS_MAX, left))
        .compose(reason -> {
          if (reason == null) {
            return Future.succeededFuture(null);
          }
          if (Clock.millis() + PAUSE_MILLIS >= untilMillis) {
            return Future.succeededFuture("verify: " + reason);
          }
          Promise<Void> pause = Promise.promise();
          vertx.setTimer(PAUSE_MILLIS, _ -> pause.complete());
          return pause.future().compose(_ -> verify(probe, untilMillis));
        });
  }
}
