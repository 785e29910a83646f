package dev.remora.server.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.remora.server.peer.proto.PeerMessage;
import dev.remora.server.peer.proto.Welcome;
import dev.remora.server.tls.PortTls;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PeerLinkTest {
  private static final Duration PATIENCE = Duration.ofMillis(100);

  private final Vertx vertx = Vertx.vertx();
  private final Dialer dialer = new Dialer(vertx, PortTls.none(), new NetClientOptions());
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger welcomes = new AtomicInteger();

  @AfterEach
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void whoIsNotAnsweredConnectsAgain() {
    int port = listen(Integer.MAX_VALUE);

    connect(port);

    await().until(() -> connections.get() >= 3);
    assertThat(welcomes).hasValue(0);
  }

  @Test
  void whoIsAnsweredStays() {
    int port = listen(2);

    connect(port);

    await().until(() -> welcomes.get() == 1);
    await().during(PATIENCE.multipliedBy(4)).until(() -> connections.get() == 2);
  }

  /** Welcomes this connection and those after it, and says nothing on those before. */
  private int listen(int firstWelcomed) {
    return vertx
        .createNetServer()
        .connectHandler(socket -> {
          if (connections.incrementAndGet() >= firstWelcomed) {
            PeerMessage welcome =
                PeerMessage.newBuilder().setWelcome(Welcome.getDefaultInstance()).build();
            socket.write(Frames.frame(welcome.toByteArray()));
          }
        })
        .listen(0, "127.0.0.1")
        .toCompletionStage()
        .toCompletableFuture()
        .join()
        .actualPort();
  }

  private void connect(int port) {
    CompletableFuture<PeerLink> made = new CompletableFuture<>();
    vertx.runOnContext(_ ->
        made.complete(
            new PeerLink(
                vertx,
                dialer,
                PeerAddress.all(List.of("http://127.0.0.1:" + port)),
                PeerMessage::getDefaultInstance,
                _ -> {},
                welcomes::incrementAndGet,
                PATIENCE,
                new PeerCounts().of(1))));
    made.join();
  }
}
