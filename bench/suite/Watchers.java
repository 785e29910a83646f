import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Many watchers of one key, each on a connection of its own, and one who writes to it. */
final class Watchers implements AutoCloseable {
  private static final long PATIENCE_NANOS = 120_000_000_000L;
  private static final int SELECT_MILLIS = 1_000;
  private static final int BUFFER_BYTES = 64 << 10;
  private static final String KEY = "/fan";

  /** How is watched and written. */
  enum Api {
    V2("v2 stream"),
    V3("v3 JSON");

    final String label;

    Api(String label) {
      this.label = label;
    }

    String watch() {
      return switch (this) {
        case V2 ->
            "GET /v2/keys" + KEY + "?wait=true&stream=true HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
        case V3 -> post("/v3/watch", "{\"create_request\":{\"key\":\"" + Http.base64(KEY) + "\"}}");
      };
    }

    /** What is said to one who watches, once he misses nothing any more. */
    String opened() {
      return switch (this) {
        case V2 -> "\r\n\r\n";
        case V3 -> "\"created\":true";
      };
    }

    String write(String value) {
      return switch (this) {
        case V2 ->
            "PUT /v2/keys%s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\nvalue=%s"
                .formatted(KEY, "application/x-www-form-urlencoded", value.length() + 6, value);
        case V3 ->
            post(
                "/v3/kv/put",
                "{\"key\":\"%s\",\"value\":\"%s\"}"
                    .formatted(Http.base64(KEY), Http.base64(value)));
      };
    }

    /** What is in an event of this value, and in none of another. */
    String event(String value) {
      return switch (this) {
        case V2 -> value;
        case V3 -> Http.base64(value);
      };
    }

    private static String post(String path, String body) {
      return "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
          .formatted(path, body.length(), body);
    }
  }

  private final Api api;
  private final Selector selector;
  private final List<SocketChannel> channels = new ArrayList<>();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final SocketChannel writer;
  private int written;

  /** Of what is waited for, what a watcher has seen. */
  private static final class Search {
    byte[] words = new byte[0];
    int matched;

    boolean isFound() {
      return matched == words.length;
    }

    /**
     * Looks at what came. Its first character is nowhere else in what is looked for (of base64: in
     * none of a letter and digits), or a new start cannot overlap, so one number will do.
     */
    void read(ByteBuffer bytes) {
      while (bytes.hasRemaining() && !isFound()) {
        byte next = bytes.get();
        matched = next == words[matched] ? matched + 1 : next == words[0] ? 1 : 0;
      }
    }
  }

  /**
   * Opens all; every one watches when this returns.
   *
   * @param members whom they watch, in turn
   * @param leader who is written to
   */
  Watchers(Api api, List<InetSocketAddress> members, int count, InetSocketAddress leader)
      throws IOException {
    this.api = api;
    this.selector = Selector.open();
    this.writer = SocketChannel.open(leader);
    writer.setOption(StandardSocketOptions.TCP_NODELAY, true);
    try {
      for (int i = 0; i < count; i++) {
        SocketChannel channel = SocketChannel.open(members.get(i % members.size()));
        channels.add(channel);
        channel.setOption(StandardSocketOptions.SO_LINGER, 0); // Its port is free at once.
        send(channel, api.watch());
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, new Search());
      }
      await(api.opened());
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  /**
   * Writes once.
   *
   * @return the nanoseconds from then until the last watcher has it
   */
  long write() throws IOException {
    String value = "m%08d".formatted(written++);
    selector.keys().forEach(key -> look(key, api.event(value)));
    long startNanos = System.nanoTime();
    send(writer, api.write(value));
    long nanos = awaitFound("the value " + value) - startNanos;
    readReply();
    return nanos;
  }

  private void await(String words) throws IOException {
    selector.keys().forEach(key -> look(key, words));
    awaitFound(words);
  }

  private static void look(SelectionKey key, String words) {
    Search search = (Search) key.attachment();
    search.words = words.getBytes(StandardCharsets.US_ASCII);
    search.matched = 0;
  }

  private long awaitFound(String what) throws IOException {
    long endNanos = System.nanoTime() + PATIENCE_NANOS;
    int[] missing = {channels.size()};
    while (missing[0] > 0) {
      selector.select(key -> missing[0] -= read(key) ? 1 : 0, SELECT_MILLIS);
      if (System.nanoTime() > endNanos) {
        throw new IOException(
            missing[0] + " of " + channels.size() + " watchers miss " + what + replySoFar());
      }
    }
    return System.nanoTime();
  }

  /** True if it has now found what it has not before. */
  private boolean read(SelectionKey key) {
    Search search = (Search) key.attachment();
    boolean wasFound = search.isFound();
    try {
      buffer.clear();
      if (((SocketChannel) key.channel()).read(buffer) < 0) {
        key.cancel(); // The others' patience ends for it, too.
        return false;
      }
    } catch (IOException e) {
      key.cancel();
      return false;
    }
    search.read(buffer.flip());
    return !wasFound && search.isFound();
  }

  /** Reads the reply to the write, whose body comes with a length or in chunks. */
  private void readReply() throws IOException {
    StringBuilder reply = new StringBuilder();
    while (!isWhole(reply)) {
      buffer.clear();
      if (writer.read(buffer) < 0) {
        throw new IOException("the connection was closed after " + reply);
      }
      reply.append(StandardCharsets.ISO_8859_1.decode(buffer.flip()));
    }
    if (!reply.toString().startsWith("HTTP/1.1 2")) {
      throw new IOException("a write was refused: " + reply);
    }
  }

  /** What the writer was told, if anything: it says why nobody has an event. */
  private String replySoFar() throws IOException {
    writer.configureBlocking(false);
    buffer.clear();
    writer.read(buffer);
    return "; reply to the write: " + StandardCharsets.ISO_8859_1.decode(buffer.flip());
  }

  private static boolean isWhole(StringBuilder reply) {
    int body = reply.indexOf("\r\n\r\n") + 4;
    if (body < 4) {
      return false;
    }
    String head = reply.substring(0, body).toLowerCase(Locale.ROOT);
    int length = head.indexOf("content-length: ");
    if (length < 0) {
      return reply.toString().endsWith("\r\n0\r\n\r\n");
    }
    int end = head.indexOf('\r', length);
    return reply.length() - body >= Integer.parseInt(head.substring(length + 16, end).strip());
  }

  private static void send(SocketChannel channel, String text) throws IOException {
    ByteBuffer bytes = StandardCharsets.US_ASCII.encode(text);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  @Override
  public void close() throws IOException {
    for (SocketChannel channel : channels) {
      channel.close();
    }
    writer.close();
    selector.close();
  }
}
