package dev.remora.server.peer;

import io.vertx.core.net.SocketAddress;
import java.net.URI;
import java.util.List;

/**
 * Where a member's peer URL leads to.
 *
 * @param socket its host and port
 * @param isSecure whether it is spoken to over TLS
 */
public record PeerAddress(SocketAddress socket, boolean isSecure) {
  /**
   * The address of each, in order.
   *
   * @throws IllegalArgumentException if one has no host or no port, or there is none
   */
  public static List<PeerAddress> all(List<String> peerUrls) {
    if (peerUrls.isEmpty()) {
      throw new IllegalArgumentException("no URL");
    }
    return peerUrls.stream().map(PeerAddress::of).toList();
  }

  private static PeerAddress of(String peerUrl) {
    URI uri = URI.create(peerUrl);
    String host = uri.getHost();
    if (host == null) {
      throw new IllegalArgumentException("no host in " + peerUrl);
    }
    boolean isBracketed = host.startsWith("[");
    return new PeerAddress(
        SocketAddress.inetSocketAddress(
            uri.getPort(), isBracketed ? host.substring(1, host.length() - 1) : host),
        "https".equals(uri.getScheme()));
  }

  @Override
  public String toString() {
    return isSecure ? "https://" + socket : socket.toString();
  }
}
