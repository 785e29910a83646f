package dev.remora.server.api.v3;

import dev.remora.server.api.AuthSettings;
import dev.remora.server.api.TestPrincipals;
import dev.remora.server.api.WatchFeed;
import dev.remora.server.replica.TestMember;
import io.vertx.core.http.HttpServer;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;

/** Our v3 door before a member in the test's process. */
final class V3Server implements AutoCloseable {
  /** etcd's defaults, but for progress notices that a test can wait for. */
  static final V3Settings SETTINGS =
      new V3Settings(
          "3.4.44", 2, 1536 * 1024, 128, 0, Duration.ofMillis(200), Duration.ofSeconds(7));

  private final TestMember member = TestMember.start();
  private final AtomicReference<WatchFeed> feed = new AtomicReference<>();
  private final AtomicReference<Set<String>> names = new AtomicReference<>(Set.of());
  private final String url;

  private V3Server(V3Settings settings, RandomGenerator random) throws Exception {
    CompletableFuture<Integer> port = new CompletableFuture<>();
    member.onLoop((context, door) -> {
      WatchFeed watches = new WatchFeed(context, door);
      feed.set(watches);
      V3Api api =
          new V3Api(
              context,
              door,
              watches,
              settings,
              new NoFiles(),
              member.clocks(),
              TestPrincipals.of(context, member.clocks()),
              AuthSettings.DEFAULT,
              random);
      names.set(api.names());
      context
          .owner()
          .createHttpServer()
          .requestHandler(api::handle)
          .listen(0, "127.0.0.1")
          .map(HttpServer::actualPort)
          .onSuccess(port::complete)
          .onFailure(port::completeExceptionally);
    });
    url = "http://127.0.0.1:" + port.get(10, TimeUnit.SECONDS);
  }

  static V3Server start() {
    return start(SETTINGS);
  }

  static V3Server start(V3Settings settings) {
    return start(settings, new Random(1));
  }

  /** Starts it with what draws the ids of leases. */
  static V3Server start(V3Settings settings, RandomGenerator random) {
    try {
      return new V3Server(settings, random);
    } catch (Exception e) {
      throw new AssertionError("the door did not open", e);
    }
  }

  String url() {
    return url;
  }

  TestMember member() {
    return member;
  }

  /** How many watchers the server has. To be awaited: the number belongs to another thread. */
  int watchers() {
    return feed.get().size();
  }

  @Override
  public void close() {
    member.close();
  }

  /** The names of all calls. */
  Set<String> names() {
    return names.get();
  }
}
