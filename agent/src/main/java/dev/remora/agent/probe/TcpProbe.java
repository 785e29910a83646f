package dev.remora.agent.probe;

import dev.remora.agent.runner.Probes.Finding;
import dev.remora.agent.service.CheckStatus;
import dev.remora.agent.service.Probe;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;

/** Opens a connection, with TLS if asked, and closes it. */
final class TcpProbe {
  /** Held as a field: Vert.x closes the sockets of a client that is collected. */
  private final NetClient client;

  TcpProbe(Vertx vertx) {
    this.client = vertx.createNetClient(new NetClientOptions());
  }

  NetworkProbes.Look look(Probe.Tcp target, long timeoutMillis) {
    ConnectOptions options =
        new ConnectOptions()
            .setHost(target.host())
            .setPort(target.port())
            .setTimeout((int) timeoutMillis);
    if (target.tls() != Probe.Tls.OFF) {
      options
          .setSsl(true)
          .setSniServerName(target.host())
          .setSslOptions(NetworkProbes.ssl(target.tls(), false));
    }
    Future<NetSocket> connecting = client.connect(options);
    return new NetworkProbes.Look(
        connecting.map(socket -> {
          var _ = socket.close();
          return new Finding(CheckStatus.PASSING, "connected");
        }),
        // The map above has closed it if it is open, and will if it opens yet.
        () -> {});
  }
}
