package dev.remora.server.peer;

import dev.remora.server.raft.Message;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to one other member: a connection that this member has opened and only sends on. It is
 * opened again, a while after it broke; what is to be sent meanwhile is dropped.
 */
final class PeerLink {
  private static final Duration RETRY = Duration.ofMillis(100);
  private static final Logger LOG = LoggerFactory.getLogger(PeerLink.class);

  private final Vertx vertx;
  private final NetClient client;
  private final SocketAddress address;
  private final Buffer hello;
  private @Nullable NetSocket socket;
  private boolean isClosed;
  private boolean hasComplained;

  /** What is to leave at the end of this turn, in one write. */
  private Buffer gathered = Buffer.buffer();

  PeerLink(Vertx vertx, NetClient client, SocketAddress address, Buffer hello) {
    this.vertx = vertx;
    this.client = client;
    this.address = address;
    this.hello = hello;
    connect();
  }

  /** Whether it was taken; otherwise it is dropped. */
  boolean send(Message message) {
    NetSocket connected = socket;
    if (connected == null || connected.writeQueueFull()) {
      return false;
    }
    boolean isFirst = gathered.length() == 0;
    gathered.appendBuffer(Frames.frame(MessageCodec.encode(message).toByteArray()));
    if (isFirst) {
      vertx.runOnContext(_ -> flush());
    }
    return true;
  }

  void close() {
    isClosed = true;
    if (socket != null) {
      socket.close();
    }
  }

  private void flush() {
    Buffer sent = gathered;
    gathered = Buffer.buffer();
    if (socket != null) {
      socket.write(sent);
    }
  }

  private void connect() {
    client
        .connect(address)
        .onSuccess(this::connected)
        .onFailure(cause -> {
          complain(cause);
          retry();
        });
  }

  private void connected(NetSocket opened) {
    if (isClosed) {
      opened.close();
      return;
    }
    LOG.info("connected to peer {}", address);
    hasComplained = false;
    socket = opened;
    opened.write(hello);
    opened.exceptionHandler(this::complain);
    opened.closeHandler(_ -> {
      socket = null;
      retry();
    });
  }

  private void retry() {
    if (!isClosed) {
      vertx.setTimer(RETRY.toMillis(), _ -> connect());
    }
  }

  /** Once for each time it breaks. */
  private void complain(Throwable cause) {
    if (!hasComplained && !isClosed) {
      hasComplained = true;
      LOG.warn("peer {} is not reached, going on trying: {}", address, cause.getMessage());
    }
  }
}
