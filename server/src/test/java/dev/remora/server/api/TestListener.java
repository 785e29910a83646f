package dev.remora.server.api;

import dev.remora.server.config.ClientRules;
import dev.remora.server.tls.PortTls;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * A listener with nothing behind it. It answers {@code ok}; {@code /big} as much as is asked for,
 * {@code /wait} for ever, {@code /who} whose certificate was shown, and {@code /body} with the
 * length of what it was sent.
 */
final class TestListener implements AutoCloseable {
  /** More than any test opens. */
  static final Doorkeeper.Bounds MANY = new Doorkeeper.Bounds(10_000, 0, 1_000, true);

  private static final int BIG = 64 << 20;

  private final Doorkeeper doorkeeper;
  private final Vertx vertx;
  private final CompletableFuture<Opened> opened = new CompletableFuture<>();

  private record Opened(ClientListener listener, Context context, int port) {}

  private static final class Echo implements ApiRoute {
    @Override
    public boolean serves(String path) {
      return true;
    }

    @Override
    public void handle(HttpServerRequest request) {
      switch (String.valueOf(request.path())) {
        case "/wait" -> request.response().setChunked(true).write("waiting\n");
        case "/big" -> request.response().end(Buffer.buffer(new byte[BIG]));
        case "/who" -> request.response().end(subject(request));
        case "/body" ->
            request.body().onSuccess(body -> request.response().end(body.length() + " bytes"));
        default -> request.response().end("ok");
      }
    }
  }

  private static String subject(HttpServerRequest request) {
    try {
      return request.connection().peerCertificates().getFirst() instanceof X509Certificate shown
          ? shown.getSubjectX500Principal().getName()
          : "";
    } catch (SSLPeerUnverifiedException e) {
      return "";
    }
  }

  /** Starts it on a free port. */
  TestListener(ClientRules rules, Optional<PortTls> tls, Doorkeeper.Bounds bounds) {
    this.doorkeeper = new Doorkeeper(bounds);
    this.vertx =
        Vertx.builder().withTransport(new GuardedTransport(doorkeeper, doorkeeper)).build();
    Context context = vertx.getOrCreateContext();
    context.runOnContext(_ -> {
      ClientListener listener =
          new ClientListener(
              vertx,
              new Replies(() -> System.currentTimeMillis() * 1_000_000),
              List.of(new Echo()),
              rules,
              tls,
              new ClientCounts());
      listener
          .start(0, "127.0.0.1")
          .onSuccess(port -> opened.complete(new Opened(listener, context, port)))
          .onFailure(opened::completeExceptionally);
    });
    await(opened);
  }

  /** One without TLS that serves everybody. */
  static TestListener open() {
    return new TestListener(ClientRules.DEFAULT, Optional.empty(), MANY);
  }

  int port() {
    return await(opened).port();
  }

  Doorkeeper doorkeeper() {
    return doorkeeper;
  }

  /** Uses changed certificates. */
  void renew() {
    await(
        onLoop(ClientListener::renew)
            .thenCompose(renewed -> renewed.toCompletionStage().toCompletableFuture()));
  }

  /** Sends some bytes; all that comes back until it closes. */
  String exchange(String bytes) {
    return new HttpCaller(port()).exchange(bytes);
  }

  /** How many connections it knows that speak HTTP. */
  int visits() {
    return await(onLoop(ClientListener::connections));
  }

  /** Does what it does every while, as if this time had passed. */
  void lookAfter(long passed, TimeUnit unit) {
    await(
        onLoop(listener -> {
          listener.look(System.nanoTime() + unit.toNanos(passed));
          return true;
        }));
  }

  private <T> CompletableFuture<T> onLoop(Function<ClientListener, T> question) {
    Opened server = await(opened);
    CompletableFuture<T> answer = new CompletableFuture<>();
    server.context().runOnContext(_ -> answer.complete(question.apply(server.listener())));
    return answer;
  }

  private static <T> T await(CompletableFuture<T> future) {
    return future.orTimeout(20, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    await(vertx.close().toCompletionStage().toCompletableFuture());
  }
}
