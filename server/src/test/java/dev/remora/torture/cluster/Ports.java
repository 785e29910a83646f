package dev.remora.torture.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;

/**
 * Ports of 127.0.0.1 that are free, none twice. They are below 32768: above, the kernel could give
 * one to a connection while its server is down (ip(7), {@code ip_local_port_range}).
 */
final class Ports {
  private static final int LEAST = 12_000;
  private static final int END = 32_000;

  private final Random random = new Random();
  private final Set<Integer> given = new HashSet<>();

  int next() {
    while (true) {
      int port = random.nextInt(LEAST, END);
      if (given.add(port) && isFree(port)) {
        return port;
      }
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
