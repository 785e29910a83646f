package dev.remora.agent.runner;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps one program running beside the agent. Make and use it on the agent's context. */
final class Supervisor implements Reloader.Child {
  private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

  /** What a shell says of a program that cannot be started. */
  private static final int NOT_STARTED = 127;

  private static final int KILLED_BY_SIGNAL = 128;

  private final Vertx vertx;
  private final Context context;
  private final Programs programs;
  private final ChildSpec spec;
  private final IntConsumer ended;
  private final BackOff backOff;

  private Programs.@Nullable Running running;
  private boolean isBegun;
  private boolean isStopping;
  private boolean isRestarting;

  /** Whether its start was asked for in this turn of the loop. */
  private boolean isFresh;

  private long startedMillis;
  private long timer = -1;
  private Promise<@Nullable String> restarted = Promise.promise();
  private Future<Void> launched = Future.succeededFuture();

  /**
   * Makes one that has not begun.
   *
   * @param ended told the exit code when the program has ended and is not started again
   */
  Supervisor(
      Vertx vertx, Programs programs, ChildSpec spec, RandomGenerator random, IntConsumer ended) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.programs = programs;
    this.spec = spec;
    this.ended = ended;
    this.backOff = new BackOff(spec.backOffMin().toMillis(), spec.backOffMax().toMillis(), random);
  }

  /** Starts the program, unless that was done before. */
  void begin() {
    if (!isBegun && !isStopping) {
      isBegun = true;
      launch();
    }
  }

  @Override
  public boolean isStarted() {
    return isBegun;
  }

  private void launch() {
    Callable<Programs.Running> start = () -> programs.start(spec.command(), spec.environment());
    Promise<Void> over = Promise.promise();
    launched = over.future();
    isFresh = true;
    context.runOnContext(_ -> isFresh = false);
    vertx
        .executeBlocking(start, false)
        .onSuccess(this::onStarted)
        .onFailure(failure -> {
          LOG.error("the child cannot be started: {}", failure.getMessage());
          restarted.tryComplete("the child cannot be started: " + failure.getMessage());
          onEnd(NOT_STARTED);
        })
        .onComplete(_ -> over.complete());
  }

  private void onStarted(Programs.Running begun) {
    running = begun;
    startedMillis = Clock.millis();
    LOG.info("child started program={}", spec.command().getFirst());
    Future.fromCompletionStage(begun.exit(), context).onSuccess(this::onEnd);
    restarted.tryComplete(null);
  }

  private void onEnd(int code) {
    running = null;
    if (isStopping) {
      return;
    }
    if (isRestarting) {
      isRestarting = false;
      launch();
      return;
    }
    boolean isWanted =
        switch (spec.restart()) {
          case ALWAYS -> true;
          case ON_FAILURE -> code != 0;
          case NEVER -> false;
        };
    if (!isWanted) {
      LOG.info("child ended code={}", code);
      isStopping = true;
      ended.accept(code);
      return;
    }
    if (Clock.millis() - startedMillis > spec.backOffMax().toMillis()) {
      backOff.reset();
    }
    long wait = backOff.next();
    LOG.warn("child ended code={}: started again in {} ms", code, wait);
    timer =
        vertx.setTimer(
            wait,
            _ -> {
              if (!isStopping) {
                launch();
              }
            });
  }

  /**
   * One that is being started may have read the files before they changed, so it is told, too; but
   * not of those whose coming is why it is started, in this very turn.
   */
  @Override
  public Future<@Nullable String> reload(boolean isRestart) {
    return isFresh ? Future.succeededFuture(null) : launched.compose(_ -> tell(isRestart));
  }

  /** What is not running now will start with the files as they are. */
  private Future<@Nullable String> tell(boolean isRestart) {
    Programs.Running told = running;
    if (told == null || isStopping) {
      return Future.succeededFuture(null);
    }
    if (isRestarting) {
      return restarted.future(); // It is on its way down, and comes up with these files.
    }
    String signal = spec.reloadSignal();
    if (signal != null && !isRestart) {
      Callable<Boolean> send =
          () -> {
            told.signal(signal);
            return true;
          };
      return vertx
          .executeBlocking(send, false)
          .map(_ -> (@Nullable String) null)
          .otherwise(failure -> "reload of the child: " + failure.getMessage());
    }
    isRestarting = true;
    restarted = Promise.promise();
    LOG.info("child is restarted");
    var _ = told.stop(spec.stopSignal(), spec.stopTimeout());
    return restarted.future();
  }

  /** Passes a signal on; one that comes while the program is not running is lost. */
  void signal(String name) {
    Programs.Running told = running;
    if (told != null) {
      Callable<Boolean> send =
          () -> {
            told.signal(name);
            return true;
          };
      vertx
          .executeBlocking(send, false)
          .onFailure(failure -> LOG.warn("SIG{} not passed on: {}", name, failure.getMessage()));
    }
  }

  /**
   * Asks the program to end, and kills it at its timeout; answers with its exit code, or with 0 if
   * it ended by the signal that asked it to.
   */
  Future<Integer> stop() {
    isStopping = true;
    vertx.cancelTimer(timer);
    restarted.tryComplete(null);
    return launched.compose(_ -> stopRunning());
  }

  private Future<Integer> stopRunning() {
    Programs.Running last = running;
    if (last == null) {
      return Future.succeededFuture(0);
    }
    int asked = KILLED_BY_SIGNAL + SignalName.number(spec.stopSignal()).orElse(0);
    return Future.fromCompletionStage(last.stop(spec.stopSignal(), spec.stopTimeout()), context)
        .map(code -> code == asked ? 0 : code)
        .onSuccess(code -> LOG.info("child stopped code={}", code));
  }
}
