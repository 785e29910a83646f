package dev.remora.server.api;

import dev.remora.server.api.v2.AuthRoute;
import dev.remora.server.api.v2.KeysRoute;
import dev.remora.server.api.v2.MachinesRoute;
import dev.remora.server.api.v2.MembersRoute;
import dev.remora.server.api.v2.Statistics;
import dev.remora.server.api.v2.StatsRoute;
import dev.remora.server.api.v2.StoreCounters;
import dev.remora.server.api.v2.V2Settings;
import dev.remora.server.apply.Command;
import dev.remora.server.apply.Outcome;
import dev.remora.server.health.HealthRoute;
import dev.remora.server.health.VersionRoute;
import dev.remora.server.replica.Answer;
import dev.remora.server.replica.AppendCounters;
import dev.remora.server.replica.Clocks;
import dev.remora.server.replica.Door;
import dev.remora.server.replica.TestMember;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A member with its client port open, in the test's own process. */
public final class TestServer implements AutoCloseable {
  private final TestMember member = TestMember.start();
  private final CompletableFuture<Opened> opened = new CompletableFuture<>();

  /** What lives on the listener's loop. */
  private record Opened(
      Context context, Door door, WatchFeed feed, ClientListener listener, int port) {}

  private TestServer(int port, V2Settings settings) {
    member.onLoop((context, door) -> open(context, door, port, settings));
    await(opened);
  }

  /** Starts it on a free port, with the defaults. */
  public static TestServer start() {
    return start(V2Settings.defaults());
  }

  /** Starts it on a free port. */
  public static TestServer start(V2Settings settings) {
    return new TestServer(0, settings);
  }

  /** Starts it on a port. */
  static TestServer start(int port, V2Settings settings) {
    return new TestServer(port, settings);
  }

  /** Its port, on 127.0.0.1. */
  public int port() {
    return await(opened).port();
  }

  /** The member behind it. */
  public TestMember member() {
    return member;
  }

  /** How many watchers its loop has. */
  public int watchers() {
    return onLoop(Opened::feed).size();
  }

  /**
   * Proposes a command behind the HTTP door, as the other door does, and waits until it is done.
   */
  public Outcome propose(Command command) {
    CompletableFuture<Answer> answer =
        onLoop(server -> {
          CompletableFuture<Answer> given = new CompletableFuture<>();
          server.door().propose(command, given::complete);
          return given;
        });
    return switch (await(answer)) {
      case Answer.Applied(Outcome outcome, _) -> outcome;
      case Answer.Failed(Answer.Reason reason) -> throw new AssertionError("failed: " + reason);
    };
  }

  /** Stops the listener; the member goes on. */
  public void stopListening() {
    await(onLoop(server -> server.listener().stop()).toCompletionStage().toCompletableFuture());
  }

  @Override
  public void close() {
    member.close();
  }

  private void open(Context context, Door door, int port, V2Settings settings) {
    Vertx vertx = member.vertx();
    WatchFeed feed = new WatchFeed(context, door);
    Clocks clocks = member.clocks();
    Replies replies = new Replies(clocks::wallNanos);
    Principals principals = TestPrincipals.of(context, clocks);
    ClientListener listener =
        new ClientListener(
            vertx,
            replies,
            List.of(
                new KeysRoute(
                    vertx, door, feed, settings, clocks, principals, new StoreCounters(), replies),
                new MembersRoute(vertx, door, settings, clocks, principals, replies),
                new AuthRoute(
                    vertx,
                    door,
                    settings,
                    AuthSettings.DEFAULT,
                    clocks,
                    principals,
                    new SecureRandom(),
                    replies),
                new MachinesRoute(door, replies),
                new StatsRoute(
                    door,
                    new Statistics(clocks.wallNanos(), new AppendCounters(clocks)),
                    clocks,
                    replies),
                new VersionRoute(replies),
                new HealthRoute(vertx, door, replies)));
    listener
        .start(port, "127.0.0.1")
        .onSuccess(bound -> opened.complete(new Opened(context, door, feed, listener, bound)))
        .onFailure(opened::completeExceptionally);
  }

  private <T> T onLoop(Function<Opened, T> question) {
    Opened server = await(opened);
    CompletableFuture<T> answer = new CompletableFuture<>();
    server.context().runOnContext(_ -> answer.complete(question.apply(server)));
    return await(answer);
  }

  private static <T> T await(CompletableFuture<T> future) {
    try {
      return future.get(10, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("the server did not answer", e);
    }
  }
}
