package dev.remora.agent.registry;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;

/** The address under which this host is seen from the registry's side. */
public final class LocalAddress {
  private static final int PORT_DEFAULT = 80;

  private LocalAddress() {}

  /**
   * The local address of the route to an endpoint. Nothing is sent: a datagram socket chooses its
   * address when it is connected. The loopback address where there is no route.
   */
  public static String towards(URI endpoint) {
    int port = endpoint.getPort() < 0 ? PORT_DEFAULT : endpoint.getPort();
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(new InetSocketAddress(endpoint.getHost(), port));
      return socket.getLocalAddress().getHostAddress();
    } catch (IOException | java.io.UncheckedIOException | IllegalArgumentException _) {
      return InetAddress.getLoopbackAddress().getHostAddress();
    }
  }
}
