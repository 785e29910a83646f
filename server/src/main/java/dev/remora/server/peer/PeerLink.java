package dev.remora.server.peer;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.remora.server.peer.proto.PeerMessage;
import dev.remora.server.peer.proto.Refused;
import dev.remora.server.replica.Refusal;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to one other member: a connection that this member has opened, and only sends on once the
 * other has welcomed it. It is opened again, a while after it broke; what is to be sent meanwhile
 * is dropped.
 */
final class PeerLink {
  private static final Duration RETRY = Duration.ofMillis(100);
  private static final Logger LOG = LoggerFactory.getLogger(PeerLink.class);

  private final Vertx vertx;
  private final Dialer dialer;
  private final List<PeerAddress> addresses;
  private final Supplier<PeerMessage> hello;
  private final Consumer<Refusal> refused;
  private final Runnable welcomed;
  private final Duration patience;
  private final PeerCounts.Count count;
  private int attempts;
  private @Nullable NetSocket socket;
  private long connectedSinceNanos;
  private boolean isClosed;
  private boolean hasComplained;

  /** What is to leave at the end of this turn, in one write. */
  private Buffer gathered = Buffer.buffer();

  /**
   * Begins to connect.
   *
   * @param addresses tried in turn; at least one
   * @param hello what this member says of itself at that moment
   * @param refused is told when the other does not listen
   * @param welcomed is told when it does
   * @param patience how long a connection may stand without the other's answer: on a way that has
   *     died after it, nothing would ever come, and nothing that is sent would be missed
   * @param count of what is sent
   */
  PeerLink(
      Vertx vertx,
      Dialer dialer,
      List<PeerAddress> addresses,
      Supplier<PeerMessage> hello,
      Consumer<Refusal> refused,
      Runnable welcomed,
      Duration patience,
      PeerCounts.Count count) {
    this.vertx = vertx;
    this.dialer = dialer;
    this.addresses = List.copyOf(addresses);
    this.hello = hello;
    this.refused = refused;
    this.welcomed = welcomed;
    this.patience = patience;
    this.count = count;
    connect();
  }

  /** Whether it was taken; otherwise it is dropped. */
  boolean send(PeerMessage message) {
    if (socket == null || socket.writeQueueFull()) {
      return false;
    }
    boolean isFirst = gathered.length() == 0;
    Buffer frame = Frames.frame(message.toByteArray());
    count.sent(frame.length());
    gathered.appendBuffer(frame);
    if (isFirst) {
      vertx.runOnContext(_ -> flush());
    }
    return true;
  }

  /** Where the other is looked for. */
  List<PeerAddress> addresses() {
    return addresses;
  }

  /** The one of them where the other was found last. */
  PeerAddress address() {
    return addresses.get(Math.max(0, attempts - 1) % addresses.size());
  }

  /** Whether the other listens. */
  boolean isConnected() {
    return socket != null;
  }

  /** Since when the other has listened, by {@link System#nanoTime}. Only while it does. */
  long connectedSinceNanos() {
    return connectedSinceNanos;
  }

  void close() {
    isClosed = true;
    if (socket != null) {
      socket.close();
      socket = null;
    }
  }

  private void flush() {
    Buffer sent = gathered;
    gathered = Buffer.buffer();
    if (socket != null && sent.length() > 0) {
      socket.write(sent);
    }
  }

  private void connect() {
    dialer
        .connect(addresses.get(attempts++ % addresses.size()))
        .onSuccess(this::greet)
        .onFailure(cause -> {
          complain(cause.getMessage());
          retry();
        });
  }

  private void greet(NetSocket opened) {
    if (isClosed) {
      opened.close();
      return;
    }
    Frames frames = new Frames();
    opened.handler(bytes -> read(opened, frames, bytes));
    opened.exceptionHandler(cause -> complain(cause.getMessage()));
    opened.closeHandler(_ -> {
      if (opened.equals(socket)) {
        socket = null;
        gathered = Buffer.buffer();
        LOG.info("the connection to peer {} has ended", opened.remoteAddress());
      }
      retry();
    });
    opened.write(Frames.frame(hello.get().toByteArray()));
    vertx.setTimer(
        patience.toMillis(),
        _ -> {
          if (!opened.equals(socket)) {
            opened.close(); // Or it is closed already.
          }
        });
  }

  private void read(NetSocket opened, Frames frames, Buffer bytes) {
    try {
      frames.take(bytes, content -> answered(opened, content));
    } catch (InvalidFrameException e) {
      complain(e.getMessage());
      opened.close();
    }
  }

  private void answered(NetSocket opened, byte[] content) {
    PeerMessage message;
    try {
      message = PeerMessage.parseFrom(content);
    } catch (InvalidProtocolBufferException e) {
      complain(e.getMessage());
      opened.close();
      return;
    }
    if (message.hasRefused()) {
      Refusal refusal = refusal(message.getRefused());
      complain(refusal.reason());
      refused.accept(refusal);
      opened.close();
    } else if (message.hasWelcome() && socket == null && !isClosed) {
      LOG.info("connected to peer {}", opened.remoteAddress());
      hasComplained = false;
      socket = opened;
      connectedSinceNanos = System.nanoTime();
      welcomed.run();
    }
  }

  private static Refusal refusal(Refused message) {
    Refusal.Weight weight =
        message.getRemoved()
            ? Refusal.Weight.REMOVED
            : message.getFinal() ? Refusal.Weight.FINAL : Refusal.Weight.PASSING;
    return new Refusal(message.getReason(), weight);
  }

  private void retry() {
    if (!isClosed) {
      vertx.setTimer(
          RETRY.toMillis(),
          _ -> {
            if (!isClosed) {
              connect();
            }
          });
    }
  }

  /** Once for each time it breaks. */
  private void complain(@Nullable String reason) {
    if (!hasComplained && !isClosed) {
      hasComplained = true;
      LOG.warn("peer {} is not reached, going on trying: {}", addresses, reason);
    }
  }
}
