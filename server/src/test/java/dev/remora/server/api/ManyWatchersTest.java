package dev.remora.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.remora.server.apply.Command;
import dev.remora.server.mvcc.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Watchers by the thousand: what they may not cost, and that none is forgotten. */
final class ManyWatchersTest {
  private static final int SLOW = 1_000;
  private static final int EVENTS = 20_000;
  private static final int POLLS = Integer.getInteger("watch.polls", 20_000);

  /** Both ends of each connection are in this process. */
  private static final long FILES_NEEDED = POLLS * 5L / 2;

  /** From several addresses, since one has too few ports for one server's port. */
  private static final int SOURCES = 8;

  private final TestServer server = TestServer.start();
  private final List<SocketChannel> channels = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    for (SocketChannel channel : channels) {
      channel.close();
    }
    server.close();
  }

  @Test
  void aThousandWatchersThatNeverReadTakeBoundedMemory() throws IOException {
    for (int i = 0; i < SLOW; i++) {
      channels.add(connect(i, "GET /v2/keys/q?wait=true&stream=true&recursive=true"));
    }
    await().until(() -> server.watchers() == SLOW);
    write(0, EVENTS);
    long before = heapBytes();

    write(EVENTS, 2 * EVENTS);
    long after = heapBytes();

    // The history of the second half, and no copy of it for any of the watchers.
    long history = EVENTS * 1_000L;
    assertThat(after - before).as("heap taken by events nobody reads").isLessThan(2 * history);
    assertThat(eventsOf(channels.getFirst(), 2 * EVENTS)).isEqualTo(2 * EVENTS);
  }

  @Test
  void twentyThousandLongPollsAreAnsweredByOneWrite() throws IOException {
    assumeTrue(
        filesMax() >= FILES_NEEDED,
        () -> "ulimit -n is " + filesMax() + ": this test needs " + FILES_NEEDED);
    try (Selector selector = Selector.open()) {
      for (int i = 0; i < POLLS; i++) {
        SocketChannel channel = connect(i, "GET /v2/keys/poll?wait=true");
        channels.add(channel);
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, new ByteArrayOutputStream());
      }
      await().atMost(Duration.ofSeconds(60)).until(() -> server.watchers() == POLLS);

      server.propose(put("/poll", "now"));

      assertThat(answered(selector)).isEqualTo(POLLS);
      assertThat(server.watchers()).isZero();
    }
  }

  private void write(int from, int to) {
    for (int i = from; i < to; i++) {
      server.propose(put("/q/k" + i % 100, "event-" + i + "-" + "x".repeat(200)));
    }
  }

  private static Command put(String key, String value) {
    return new Command.Put(Bytes.utf8(key), Bytes.utf8(value), 0, false, false, false);
  }

  private SocketChannel connect(int number, String requestLine) throws IOException {
    SocketChannel channel = SocketChannel.open();
    channel.setOption(StandardSocketOptions.SO_RCVBUF, 4_096);
    InetAddress source =
        InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) (2 + number % SOURCES)});
    channel.bind(new InetSocketAddress(source, 0));
    channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
    String request = requestLine + " HTTP/1.1\r\nHost: x\r\n\r\n";
    channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
    return channel;
  }

  /** Reads a stream until it has told so many events; each is there once and in order. */
  private static int eventsOf(SocketChannel channel, int wanted) throws IOException {
    StringBuilder text = new StringBuilder();
    ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    int next = 0;
    while (next < wanted && channel.read(buffer.clear()) > 0) {
      text.append(StandardCharsets.US_ASCII.decode(buffer.flip()));
      for (int at = text.indexOf("event-" + next + "-x");
          at >= 0;
          at = text.indexOf("event-" + next + "-x")) {
        text.delete(0, at + 1);
        next++;
      }
    }
    return next;
  }

  private static int answered(Selector selector) throws IOException {
    int answered = 0;
    ByteBuffer buffer = ByteBuffer.allocate(4_096);
    while (answered < POLLS && selector.select(30_000) > 0) {
      Set<SelectionKey> ready = selector.selectedKeys();
      for (SelectionKey key : ready) {
        ByteArrayOutputStream reply = (ByteArrayOutputStream) key.attachment();
        int count = ((SocketChannel) key.channel()).read(buffer.clear());
        reply.write(buffer.array(), 0, Math.max(0, count));
        String text = reply.toString(StandardCharsets.US_ASCII);
        if (text.contains("\"value\":\"now\"") || count < 0) {
          answered += count < 0 ? 0 : 1;
          key.cancel();
        }
      }
      ready.clear();
    }
    return answered;
  }

  private static long heapBytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static long filesMax() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : 0;
  }
}
