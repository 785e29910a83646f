package dev.remora.server.api;

import dev.remora.server.notice.Notices;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts connections from the moment the system has accepted them, before a byte is read or a
 * handshake begun, and closes those beyond the bounds. So whoever comes in masses takes neither the
 * files that the log and the other members need, nor the memory. Thread-safe; one for all listeners
 * of a kind.
 */
@Sharable
public final class Doorkeeper extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(Doorkeeper.class);

  private final Bounds bounds;
  private final Notices notices = new Notices(LOG);
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger handshakes = new AtomicInteger();
  private final Map<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();

  /**
   * How many may be open at a time.
   *
   * @param connections of all
   * @param perAddress of one address; 0 for any number
   * @param handshakes of those whose TLS handshake is not over
   * @param isHttp whether they come to speak HTTP, and are closed if they do not say so in time
   */
  public record Bounds(int connections, int perAddress, int handshakes, boolean isHttp) {}

  /** One that nobody has passed yet. */
  public Doorkeeper(Bounds bounds) {
    this.bounds = bounds;
  }

  /** How many connections are open. */
  int connections() {
    return connections.get();
  }

  /** How many of them shake hands. */
  int handshakes() {
    return handshakes.get();
  }

  /** A listener has accepted a connection, which is the message. */
  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof Channel accepted && !letsIn(accepted)) {
      accepted.unsafe().closeForcibly();
    } else {
      context.fireChannelRead(message);
    }
  }

  private boolean letsIn(Channel accepted) {
    if (connections.incrementAndGet() > bounds.connections()) {
      connections.decrementAndGet();
      return refuse(accepted, "there are " + bounds.connections() + " connections");
    }
    if (handshakes.get() >= bounds.handshakes()) {
      connections.decrementAndGet();
      return refuse(accepted, "there are " + bounds.handshakes() + " that shake hands");
    }
    InetAddress address = address(accepted.remoteAddress());
    if (byAddress.merge(address, 1, Integer::sum) > bounds.perAddress()
        && bounds.perAddress() > 0) {
      connections.decrementAndGet();
      leave(address);
      return refuse(accepted, "that address has " + bounds.perAddress() + " connections");
    }
    accepted
        .closeFuture()
        .addListener(_ -> {
          connections.decrementAndGet();
          leave(address);
        });
    accepted.pipeline().addLast(new Guest(handshakes, notices, bounds.isHttp()));
    return true;
  }

  private boolean refuse(Channel accepted, String reason) {
    notices.warn("closed a new connection of " + accepted.remoteAddress() + ": " + reason);
    return false;
  }

  private void leave(InetAddress address) {
    byAddress.computeIfPresent(address, (_, count) -> count == 1 ? null : count - 1);
  }

  private static InetAddress address(SocketAddress remote) {
    return remote instanceof InetSocketAddress inet
        ? inet.getAddress()
        : InetAddress.getLoopbackAddress();
  }
}
