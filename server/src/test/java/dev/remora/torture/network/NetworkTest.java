package dev.remora.torture.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** This JVM is member 1 and dials; member 0 listens and says everything back. */
final class NetworkTest {
  private static final int QUIET_MILLIS = 200;
  private static final int PATIENCE_MILLIS = 10_000;

  private final Network network =
      new Network(() -> Map.of(1, List.of(ProcessHandle.current().pid())));
  private ServerSocket member = unbound();
  private int proxyPort;

  @BeforeEach
  void open() throws IOException {
    member = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::echo);
    proxyPort = freePort();
    network.open(0, proxyPort, member.getLocalPort());
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  @AfterEach
  void close() throws IOException {
    network.close();
    member.close();
  }

  private static ServerSocket unbound() {
    try {
      return new ServerSocket();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void echo() {
    while (!member.isClosed()) {
      try (Socket socket = member.accept()) {
        socket.getInputStream().transferTo(socket.getOutputStream());
      } catch (IOException e) {
        // The connection was cut, which is what the tests do.
      }
    }
  }

  private Socket dial() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxyPort);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  private static int say(Socket socket, int what) throws IOException {
    socket.getOutputStream().write(what);
    return socket.getInputStream().read();
  }

  @Test
  void bytesPassBothWays() throws IOException {
    try (Socket socket = dial()) {
      assertThat(say(socket, 7)).isEqualTo(7);
    }
  }

  @Test
  void eachDirectionIsCutByItself() throws IOException {
    try (Socket socket = dial()) {
      assertThat(say(socket, 1)).isEqualTo(1);
      for (boolean isThere : List.of(true, false)) {
        network.cut(isThere ? 1 : 0, isThere ? 0 : 1);
        socket.setSoTimeout(QUIET_MILLIS);
        assertThatThrownBy(() -> say(socket, 2)).isInstanceOf(SocketTimeoutException.class);

        network.heal(false);
        socket.setSoTimeout(PATIENCE_MILLIS);
        assertThat(socket.getInputStream().read()).as("what was held back").isEqualTo(2);
      }
    }
  }

  @Test
  void aCutBetweenOthersIsNotFelt() throws IOException {
    network.cut(2, 0);
    network.cut(0, 2);

    try (Socket socket = dial()) {
      assertThat(say(socket, 7)).isEqualTo(7);
    }
  }

  @Test
  void aRefusedConnectionIsResetAndSoAreNewOnes() throws IOException {
    try (Socket socket = dial()) {
      assertThat(say(socket, 1)).isEqualTo(1);

      network.refuse(0, 1);

      assertThatThrownBy(() -> socket.getInputStream().read())
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
    }
    assertIsShut();

    network.heal(false);
    try (Socket socket = dial()) {
      assertThat(say(socket, 1)).isEqualTo(1);
    }
  }

  private void assertIsShut() throws IOException {
    try (Socket socket = dial()) {
      assertThatThrownBy(() -> say(socket, 1)).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void whoIsNoMemberDoesNotGetThrough() throws IOException {
    int port = freePort();
    try (Network strict = new Network(Map::of)) {
      strict.open(0, port, member.getLocalPort());
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        assertThatThrownBy(() -> say(socket, 1)).isInstanceOf(SocketException.class);
      }
    }
  }

  @Test
  void aBitIsFlippedOnce() throws IOException {
    try (Socket socket = dial()) {
      network.flipOneBit(1, 0);

      assertThat(say(socket, 0)).isEqualTo(0x10);
      assertThat(say(socket, 0)).isEqualTo(0);
    }
  }

  @Test
  void whatIsDelayedIsLateAndInOrder() throws IOException {
    Duration delay = Duration.ofMillis(150);
    try (Socket socket = dial()) {
      assertThat(say(socket, 1)).isEqualTo(1);
      network.delay(1, 0, delay);
      long start = System.nanoTime();

      socket.getOutputStream().write(new byte[] {2, 3});

      assertThat(socket.getInputStream().readNBytes(2)).containsExactly(2, 3);
      assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(delay.toNanos());
    }
  }
}
