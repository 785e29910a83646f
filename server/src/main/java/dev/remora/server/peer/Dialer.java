package dev.remora.server.peer;

import dev.remora.server.tls.PortTls;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Opens connections to other members, over TLS if their URL says so. */
final class Dialer {
  private static final Duration CONNECT_MAX = Duration.ofSeconds(1);

  /** Shaking hands counts as connecting, and neither side waits for a person. */
  private static final Duration HANDSHAKE_MAX = Duration.ofSeconds(5);

  private final NetClient client;
  private final PortTls tls;

  /**
   * Connects by these options.
   *
   * @param tls what is in force there counts for each new connection
   */
  Dialer(Vertx vertx, PortTls tls, NetClientOptions options) {
    this.client =
        vertx.createNetClient(options.setConnectTimeout(Math.toIntExact(CONNECT_MAX.toMillis())));
    this.tls = tls;
  }

  /** Connects, and checks that the other is who its URL says it is. */
  Future<NetSocket> connect(PeerAddress address) {
    ConnectOptions options =
        new ConnectOptions()
            .setRemoteAddress(address.socket())
            .setHost(address.socket().host())
            .setPort(address.socket().port())
            .setSsl(address.isSecure());
    if (address.isSecure()) {
      options.setSslOptions(
          tls.client()
              .copy()
              .setSslHandshakeTimeout(HANDSHAKE_MAX.toMillis())
              .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS));
    }
    return client.connect(options);
  }

  /** Closes all its connections. */
  Future<Void> close() {
    return client.close();
  }
}
