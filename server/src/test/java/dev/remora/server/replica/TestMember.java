package dev.remora.server.replica;

import dev.remora.server.apply.Member;
import dev.remora.server.apply.State;
import dev.remora.server.raft.ConfState;
import dev.remora.server.raft.HardState;
import dev.remora.server.raft.RaftConfig;
import dev.remora.server.raft.RaftCore;
import dev.remora.server.raft.Restart;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** A member of one in the test's own process, over a {@link MemoryLog}, with clocks of its own. */
public final class TestMember implements AutoCloseable {
  private static final Identity IDENTITY =
      new Identity(0xcdf818194e3a8c32L, 0x8e9e05c52164694dL, 5, 7, "default");

  private static final List<String> CLIENT_URLS = List.of("http://127.0.0.1:2379");

  private static final Member SELF =
      Member.unstarted(IDENTITY.member(), IDENTITY.name(), List.of("http://127.0.0.1:2380"), false);

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
  private final MemoryLog log = new MemoryLog();
  private final AtomicLong skewNanos = new AtomicLong();
  private final Clocks clocks;
  private final Replica replica;
  private final Context replicaLoop;

  private TestMember() throws Exception {
    Context loop = contextOfItsOwn();
    replicaLoop = loop;
    clocks =
        new Clocks() {
          @Override
          public long wallNanos() {
            return System.currentTimeMillis() * 1_000_000 + skewNanos.get();
          }

          @Override
          public long monotonicNanos() {
            return System.nanoTime() + skewNanos.get();
          }
        };
    replica = new Replica(executor(loop), IDENTITY, clocks, State.EMPTY);
    replica.announce(CLIENT_URLS);
    Recovered nothing = new Recovered(HardState.INITIAL, SnapshotMark.NONE, List.of());
    CompletableFuture<Void> started = new CompletableFuture<>();
    loop.runOnContext(_ -> {
      Restart restart = Bootstrap.restart(log, nothing, ConfState.EMPTY, List.of(SELF));
      RaftCore core = new RaftCore(RaftConfig.of(IDENTITY.member(), 10), restart, new Random(1));
      RaftNode node = new RaftNode(core, log, Transport.NONE, executor(loop), replica);
      replica.renewLeasesAfter(Duration.ofDays(365)); // Tests pass the time in leaps.
      replica.start(
          (interval, task) -> vertx.setPeriodic(interval.toMillis(), _ -> task.run()), node);
      long last = node.status().lastIndex();
      node.start();
      replica
          .open(executor(loop))
          .follow(state -> {
            boolean leads = state.index() > last; // Such is the entry that opens its term.
            Optional<Member> self = state.members().get(IDENTITY.member());
            if (leads && self.filter(it -> it.clientUrls().equals(CLIENT_URLS)).isPresent()) {
              started.complete(null);
            }
          });
    });
    started.get(10, TimeUnit.SECONDS);
  }

  /** Starts it. */
  public static TestMember start() {
    try {
      return new TestMember();
    } catch (Exception e) {
      throw new AssertionError("the member did not start", e);
    }
  }

  /** Its event loops. */
  public Vertx vertx() {
    return vertx;
  }

  /** Its log. */
  public MemoryLog log() {
    return log;
  }

  /** Its clocks. */
  public Clocks clocks() {
    return clocks;
  }

  /** The replica itself. */
  public Replica replica() {
    return replica;
  }

  /** Does something with the replica on its own loop, and waits until it is done. */
  public void onReplica(Consumer<Replica> task) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    replicaLoop.runOnContext(_ -> {
      task.accept(replica);
      done.complete(null);
    });
    done.join();
  }

  /** Moves both of its clocks ahead. */
  public void passSeconds(long seconds) {
    skewNanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
  }

  /** Runs something on an event loop of its own, with a door there, and waits until it ran. */
  public void onLoop(BiConsumer<Context, Door> task) {
    try {
      Context context = contextOfItsOwn();
      CompletableFuture<Void> ran = new CompletableFuture<>();
      context.runOnContext(_ -> {
        try {
          task.accept(context, replica.open(executor(context)));
          ran.complete(null);
        } catch (RuntimeException e) {
          ran.completeExceptionally(e);
        }
      });
      ran.get(10, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("the task did not run", e);
    }
  }

  @Override
  public void close() {
    try {
      vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (java.util.concurrent.ExecutionException | TimeoutException e) {
      throw new AssertionError("the member did not stop", e);
    }
  }

  private static Executor executor(Context context) {
    return task -> context.runOnContext(_ -> task.run());
  }

  private Context contextOfItsOwn() throws Exception {
    CompletableFuture<Context> made = new CompletableFuture<>();
    vertx
        .deployVerticle(
            new AbstractVerticle() {
              @Override
              public void start(Promise<Void> promise) {
                made.complete(context);
                promise.complete();
              }
            })
        .onFailure(made::completeExceptionally);
    return made.get(10, TimeUnit.SECONDS);
  }
}
