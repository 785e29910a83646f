package dev.remora.agent.runner;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The child is told of every change, whatever it is doing at the moment. */
final class SupervisorTest {
  private final Vertx vertx = Vertx.vertx();
  private final Context loop = vertx.getOrCreateContext();
  private final SlowPrograms programs = new SlowPrograms();

  @AfterEach
  void close() throws Exception {
    programs.mayStart.countDown();
    await(vertx.close());
  }

  @Test
  void aChangeWhileTheChildIsBeingStartedIsToldOnceItHasStarted() throws Exception {
    Supervisor supervisor = call(() -> supervisor("HUP"));
    call(() -> {
      supervisor.begin();
      return true;
    });

    Future<Boolean> reload = call(() -> reload(supervisor, false));
    assertThat(reload.isComplete()).isFalse();
    programs.mayStart.countDown();

    assertThat(await(reload)).isTrue();
    assertThat(programs.done.poll(20, TimeUnit.SECONDS)).isEqualTo("start");
    assertThat(programs.done.poll(20, TimeUnit.SECONDS)).isEqualTo("HUP");
  }

  @Test
  void aChangeWhileTheChildGoesDownIsInWhatComesUp() throws Exception {
    programs.mayStart.countDown();
    Supervisor supervisor = call(() -> supervisor("HUP"));
    call(() -> {
      supervisor.begin();
      return true;
    });
    Future<Boolean> restart = call(() -> reload(supervisor, true));
    assertThat(programs.done.poll(20, TimeUnit.SECONDS)).isEqualTo("start");
    assertThat(programs.done.poll(20, TimeUnit.SECONDS)).isEqualTo("stop");

    Future<Boolean> reload = call(() -> reload(supervisor, false));
    assertThat(reload.isComplete()).isFalse();
    programs.exit.complete(0);

    assertThat(await(restart)).isTrue();
    assertThat(await(reload)).isTrue();
    assertThat(programs.done.poll(20, TimeUnit.SECONDS)).isEqualTo("start");
    assertThat(programs.done).isEmpty();
  }

  private Supervisor supervisor(String reloadSignal) {
    ChildSpec spec =
        new ChildSpec(
            List.of("program"),
            Map.of(),
            reloadSignal,
            "TERM",
            Duration.ofSeconds(1),
            ChildSpec.Restart.NEVER,
            Duration.ofMillis(1),
            Duration.ofMillis(1));
    return new Supervisor(vertx, programs, spec, new Random(1), _ -> {});
  }

  private static Future<Boolean> reload(Supervisor supervisor, boolean isRestart) {
    return supervisor.reload(isRestart).map(failure -> failure == null);
  }

  private <T> T call(Callable<T> task) throws Exception {
    CompletableFuture<T> result = new CompletableFuture<>();
    loop.runOnContext(_ -> {
      try {
        result.complete(task.call());
      } catch (Exception e) {
        result.completeExceptionally(e);
      }
    });
    return result.get(20, TimeUnit.SECONDS);
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  /** Says what is done to it, in order; starts when the test says so. */
  private static final class SlowPrograms implements Programs, Programs.Running {
    private final CountDownLatch mayStart = new CountDownLatch(1);
    private final LinkedBlockingQueue<String> done = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> exit = new CompletableFuture<>();

    @Override
    public Running start(List<String> arguments, Map<String, String> environment) {
      try {
        mayStart.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      done.add("start");
      return this;
    }

    @Override
    public CompletionStage<Integer> exit() {
      return exit.isDone() ? new CompletableFuture<>() : exit;
    }

    @Override
    public CompletionStage<Integer> stop() {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Integer> stop(String signal, Duration timeout) {
      done.add("stop");
      return exit;
    }

    @Override
    public void signal(String name) {
      done.add(name);
    }
  }
}
