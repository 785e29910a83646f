package dev.remora.server.peer;

import dev.remora.server.peer.proto.Hello;
import dev.remora.server.peer.proto.PeerMessage;
import dev.remora.server.raft.Message;
import dev.remora.server.replica.Transport;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This member's connections to and from the others. On the replica's loop only. */
public final class PeerTransport implements Transport {
  private static final int FORMAT = 1;
  private static final int QUEUE_BYTES_MAX = 8 << 20;
  private static final Duration CONNECT_MAX = Duration.ofSeconds(1);
  private static final Logger LOG = LoggerFactory.getLogger(PeerTransport.class);

  private final Vertx vertx;
  private final long cluster;
  private final long member;
  private final Consumer<List<Message>> receiver;
  private final LongConsumer unreachable;
  private final NetServer server;
  private final NetClient client;
  private final Map<Long, PeerLink> links = new HashMap<>();

  /**
   * Makes one that is not listening yet.
   *
   * @param receiver takes what came with one read of a socket
   * @param unreachable is told a member to which a message was dropped
   */
  public PeerTransport(
      Vertx vertx,
      long cluster,
      long member,
      Consumer<List<Message>> receiver,
      LongConsumer unreachable) {
    this.vertx = vertx;
    this.cluster = cluster;
    this.member = member;
    this.receiver = receiver;
    this.unreachable = unreachable;
    this.server =
        vertx
            .createNetServer(new NetServerOptions().setTcpNoDelay(true))
            .connectHandler(this::accept);
    this.client =
        vertx.createNetClient(
            new NetClientOptions()
                .setTcpNoDelay(true)
                .setConnectTimeout(Math.toIntExact(CONNECT_MAX.toMillis())));
  }

  /** Listens for the others; done with the port. */
  public Future<Integer> listen(int port, String host) {
    return server.listen(port, host).map(NetServer::actualPort);
  }

  /** From now on sends to this member at this address. */
  public void add(long peer, String host, int port) {
    PeerMessage hello =
        PeerMessage.newBuilder()
            .setFrom(member)
            .setTo(peer)
            .setHello(Hello.newBuilder().setFormat(FORMAT).setCluster(cluster))
            .build();
    PeerLink before =
        links.put(
            peer,
            new PeerLink(
                vertx,
                client,
                SocketAddress.inetSocketAddress(port, host),
                Frames.frame(hello.toByteArray())));
    if (before != null) {
      before.close();
    }
  }

  /** Sends nothing to this member any more. */
  public void remove(long peer) {
    PeerLink link = links.remove(peer);
    if (link != null) {
      link.close();
    }
  }

  @Override
  public void send(Message message) {
    PeerLink link = links.get(message.to());
    if (link == null || !link.send(message)) {
      // Later: the core is in the middle of a turn.
      vertx.runOnContext(_ -> unreachable.accept(message.to()));
    }
  }

  /** Closes all connections. */
  public Future<Void> close() {
    links.values().forEach(PeerLink::close);
    links.clear();
    return server.close().eventually(client::close);
  }

  private void accept(NetSocket socket) {
    socket.setWriteQueueMaxSize(QUEUE_BYTES_MAX);
    PeerInlet inlet = new PeerInlet(FORMAT, cluster, member, receiver);
    socket.handler(bytes -> take(socket, inlet, bytes));
    socket.exceptionHandler(cause -> LOG.debug("connection of a peer broke", cause));
  }

  private static void take(NetSocket socket, PeerInlet inlet, Buffer bytes) {
    try {
      inlet.take(bytes);
    } catch (InvalidFrameException e) {
      LOG.warn("refused what came from {}: {}", socket.remoteAddress(), e.getMessage());
      socket.close();
    }
  }
}
