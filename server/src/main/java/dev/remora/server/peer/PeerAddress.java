package dev.remora.server.peer;

import io.vertx.core.net.SocketAddress;
import java.net.URI;
import java.util.List;

/** Where a member's peer URLs lead to. */
public final class PeerAddress {
  private PeerAddress() {}

  /**
   * The address of each, in order.
   *
   * @throws IllegalArgumentException if one has no host or no port, or there is none
   */
  public static List<SocketAddress> all(List<String> peerUrls) {
    if (peerUrls.isEmpty()) {
      throw new IllegalArgumentException("no URL");
    }
    return peerUrls.stream().map(PeerAddress::of).toList();
  }

  private static SocketAddress of(String peerUrl) {
    URI uri = URI.create(peerUrl);
    String host = uri.getHost();
    if (host == null) {
      throw new IllegalArgumentException("no host in " + peerUrl);
    }
    boolean isBracketed = host.startsWith("[");
    return SocketAddress.inetSocketAddress(
        uri.getPort(), isBracketed ? host.substring(1, host.length() - 1) : host);
  }
}
