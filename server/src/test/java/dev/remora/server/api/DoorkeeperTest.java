package dev.remora.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.remora.server.config.ClientRules;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How many clients get in, and how long each is waited for; who is served goes on being served. */
final class DoorkeeperTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

  private final List<Socket> sockets = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  @Test
  void beyondTheBoundNewConnectionsAreClosedAndTheOthersServed() throws IOException {
    try (TestListener server = start(new Doorkeeper.Bounds(5, 0, 100, true))) {
      List<Socket> inside = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        inside.add(connect(server));
        ask(inside.getLast());
      }

      for (int i = 0; i < 20; i++) {
        assertThat(isClosed(connect(server))).as("connection beyond the bound").isTrue();
      }

      for (Socket socket : inside) {
        ask(socket);
      }
      inside.getFirst().close();
      await().atMost(PATIENCE).until(() -> server.doorkeeper().connections() == 4);
      ask(connect(server));
    }
  }

  /** CVE-2020-7219: one client takes the places of all others. */
  @Test
  void oneAddressCannotTakeTheConnectionsOfAll() throws IOException {
    try (TestListener server = start(new Doorkeeper.Bounds(100, 2, 100, true))) {
      ask(connect(server));
      ask(connect(server));
      assertThat(isClosed(connect(server))).as("the third of one address").isTrue();

      Socket other = new Socket();
      sockets.add(other);
      other.bind(new java.net.InetSocketAddress("127.0.0.2", 0));
      other.connect(
          new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
      other.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
      ask(other);
    }
  }

  @Test
  void aFirstRequestThatDoesNotComeEndsTheConnection() throws IOException {
    try (TestListener server = TestListener.open()) {
      Socket slow = connect(server);
      send(slow, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0");
      await().atMost(PATIENCE).until(() -> server.visits() == 1);

      server.lookAfter(9, TimeUnit.SECONDS);
      assertThat(server.visits()).isEqualTo(1);
      server.lookAfter(11, TimeUnit.SECONDS);

      await().atMost(PATIENCE).until(() -> server.visits() == 0);
    }
  }

  @Test
  void aBodyThatDoesNotComeEndsTheConnection() throws IOException {
    try (TestListener server = TestListener.open()) {
      Socket slow = connect(server);
      send(slow, "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
      await().atMost(PATIENCE).until(() -> server.visits() == 1);

      server.lookAfter(50, TimeUnit.SECONDS); // From here on nothing more has come.
      server.lookAfter(100, TimeUnit.SECONDS);
      assertThat(server.visits()).isEqualTo(1);
      server.lookAfter(115, TimeUnit.SECONDS);

      assertThat(isClosed(slow)).isTrue();
    }
  }

  @Test
  void whoIsBeingAnsweredMayWaitForEver() throws IOException {
    try (TestListener server = TestListener.open()) {
      Socket watching = connect(server);
      send(watching, "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
      readUntil(watching, "waiting\n");

      server.lookAfter(1, TimeUnit.DAYS);

      assertThat(server.visits()).isEqualTo(1);
    }
  }

  @Test
  void aConnectionWithoutARequestEndsInTheEnd() throws IOException {
    try (TestListener server = TestListener.open()) {
      Socket idle = connect(server);
      ask(idle);

      server.lookAfter(9, TimeUnit.MINUTES);
      ask(idle);
      server.lookAfter(11, TimeUnit.MINUTES);

      assertThat(isClosed(idle)).isTrue();
    }
  }

  /** In real time: what comes before HTTP has no other clock. CVE-2026-73500 without TLS. */
  @Test
  void whoSaysNothingOrHalfAWordIsClosed() throws IOException {
    try (TestListener server = TestListener.open()) {
      Socket silent = connect(server);
      Socket halting = connect(server);
      send(halting, "GET / HTTP/1.1\r\nHo");
      silent.setSoTimeout(60_000);

      assertThat(isClosed(silent)).isTrue();
      assertThat(isClosed(halting)).isTrue();
      await().atMost(PATIENCE).until(() -> server.doorkeeper().connections() == 0);
    }
  }

  private static TestListener start(Doorkeeper.Bounds bounds) {
    return new TestListener(ClientRules.DEFAULT, Optional.empty(), bounds);
  }

  private Socket connect(TestListener server) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
    sockets.add(socket);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void ask(Socket socket) throws IOException {
    send(socket, GET);
    readUntil(socket, "\r\n\r\nok");
  }

  private static void readUntil(Socket socket, String end) throws IOException {
    StringBuilder read = new StringBuilder();
    while (!read.toString().contains(end)) {
      int next = socket.getInputStream().read();
      assertThat(next).as("after: %s", read).isNotNegative();
      read.append((char) next);
    }
  }

  /** Waits for that. */
  private static boolean isClosed(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() == -1;
    } catch (java.net.SocketException e) {
      return true; // Reset, since it had sent something.
    }
  }
}
