package dev.remora.server;

import dev.remora.server.config.ServerConfig;
import dev.remora.server.config.Url;
import dev.remora.server.tls.BadCredentialsException;
import dev.remora.server.tls.OwnPort;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLSocketFactory;

/**
 * Asks the server that runs with the same settings on this machine whether it is ready, as a
 * container engine's health check does: {@code health} instead of a server.
 */
final class HealthCheck {
  private static final int CONNECT_MILLIS_MAX = 2_000;

  /** More than the server waits for its own answer. */
  private static final int ANSWER_MILLIS_MAX = 5_000;

  private static final int ANSWER_BYTES_MAX = 4_096;
  private static final int NOT_READY = 1;

  private HealthCheck() {}

  /** Prints what is wrong; 0 if the server is ready, else 1. */
  static int run(ServerConfig config, PrintStream err) {
    Url url = config.listenClientUrls().getFirst();
    try (Socket plain = new Socket()) {
      plain.setSoTimeout(ANSWER_MILLIS_MAX);
      plain.connect(new InetSocketAddress(address(url.host()), url.port()), CONNECT_MILLIS_MAX);
      String answer = url.isSecure() ? askSecurely(plain, config, url) : ask(plain, url);
      String status = answer.lines().findFirst().orElse("");
      if (status.startsWith("HTTP/1.1 200 ")) {
        return 0;
      }
      err.println("remora server: not ready: " + url + " answers '" + status + "'");
    } catch (IOException | BadCredentialsException e) {
      err.println("remora server: not ready: " + url + ": " + e.getMessage());
    }
    return NOT_READY;
  }

  /** Who listens on every address is asked at the machine's own. */
  private static InetAddress address(String host) throws IOException {
    InetAddress address = InetAddress.getByName(host);
    return address.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : address;
  }

  private static String askSecurely(Socket plain, ServerConfig config, Url url)
      throws IOException, BadCredentialsException {
    SSLSocketFactory sockets = OwnPort.sockets(config.clientTls());
    try (Socket secure = sockets.createSocket(plain, url.host(), url.port(), true)) {
      return ask(secure, url);
    }
  }

  private static String ask(Socket socket, Url url) throws IOException {
    String request =
        "GET /readyz HTTP/1.1\r\nHost: " + url.host() + "\r\nConnection: close\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return new String(
        socket.getInputStream().readNBytes(ANSWER_BYTES_MAX), StandardCharsets.ISO_8859_1);
  }
}
