package dev.remora.torture.client;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection to a member (RFC 9112). It is opened when needed, kept between requests
 * and closed after any trouble; a request is sent at most once, which no ready-made client
 * promises.
 *
 * <p>For one thread; only {@link #close} may come from another.
 */
public final class Connection implements AutoCloseable {
  private static final int BUFFER_BYTES = 16 * 1024;
  private static final int LINE_BYTES_MAX = 64 * 1024;

  private final int port;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int next;
  private int end;
  private long deadlineNanos;
  private volatile @Nullable Socket socket;

  /** To a port of 127.0.0.1. */
  public Connection(int port) {
    this.port = port;
  }

  /** Status line and header; names in lower case. */
  private record Head(int status, Map<String, String> fields) {
    String field(String name) {
      return fields.getOrDefault(name, "");
    }

    boolean isChunked() {
      return field("transfer-encoding").equals("chunked");
    }
  }

  /**
   * Sends a request and reads the answer.
   *
   * @param patience for all of it
   * @throws NotSentException if no connection could be made
   * @throws IOException if it is unknown what became of the request
   */
  public Reply send(Request request, Duration patience) throws IOException {
    deadlineNanos = System.nanoTime() + patience.toNanos();
    try {
      write(request);
      Head head = readHead();
      String body = readBody(head);
      String index = head.field("x-etcd-index");
      if (head.field("connection").equals("close")) {
        close();
      }
      return new Reply(head.status(), index.isEmpty() ? -1 : Long.parseLong(index), body);
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Sends a request whose answer does not end.
   *
   * @return the status
   */
  public int open(Request request, Duration patience) throws IOException {
    deadlineNanos = System.nanoTime() + patience.toNanos();
    try {
      write(request);
      Head head = readHead();
      if (!head.isChunked()) {
        throw new IOException("status %d: %s".formatted(head.status(), readBody(head)));
      }
      return head.status();
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * The next chunk of an opened answer.
   *
   * @return empty at the end
   */
  public byte[] readChunk(Duration patience) throws IOException {
    deadlineNanos = System.nanoTime() + patience.toNanos();
    byte[] chunk = readBytes(readLength());
    readLine();
    return chunk;
  }

  private void write(Request request) throws IOException {
    byte[] body = request.body().getBytes(StandardCharsets.UTF_8);
    StringBuilder head = new StringBuilder();
    head.append(
        "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
            .formatted(request.method(), request.target(), port));
    if (!request.contentType().isEmpty()) {
      head.append(
          "Content-Type: %s\r\nContent-Length: %d\r\n"
              .formatted(request.contentType(), body.length));
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
    bytes.writeBytes(body);
    connected().getOutputStream().write(bytes.toByteArray());
  }

  private Socket connected() throws NotSentException {
    Socket open = socket;
    if (open != null) {
      return open;
    }
    next = 0;
    end = 0;
    Socket made = new Socket();
    try {
      made.setTcpNoDelay(true);
      made.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) leftMillis());
      socket = made;
      return made;
    } catch (IOException e) {
      closing(made);
      throw new NotSentException(e);
    }
  }

  private Head readHead() throws IOException {
    String[] status = readLine().split(" ", 3);
    if (status.length < 2) {
      throw new IOException("no status line: " + String.join(" ", status));
    }
    Map<String, String> fields = new TreeMap<>();
    for (String line = readLine(); !line.isEmpty(); line = readLine()) {
      int colon = line.indexOf(':');
      fields.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    return new Head(Integer.parseInt(status[1]), fields);
  }

  private String readBody(Head head) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    if (head.isChunked()) {
      for (int length = readLength(); length > 0; length = readLength()) {
        body.writeBytes(readBytes(length));
        readLine();
      }
      while (!readLine().isEmpty()) {
        // A trailer of gRPC's gateway; it says nothing that the head did not.
      }
    } else if (!head.field("content-length").isEmpty()) {
      body.writeBytes(readBytes(Integer.parseInt(head.field("content-length"))));
    }
    return body.toString(StandardCharsets.UTF_8);
  }

  private int readLength() throws IOException {
    return Integer.parseInt(readLine(), 16);
  }

  private String readLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int one = readByte(); one != '\n'; one = readByte()) {
      line.write(one);
      if (line.size() > LINE_BYTES_MAX) {
        throw new IOException("a line of more than " + LINE_BYTES_MAX + " bytes");
      }
    }
    return line.toString(StandardCharsets.UTF_8).stripTrailing();
  }

  private byte[] readBytes(int length) throws IOException {
    byte[] bytes = new byte[length];
    int filled = 0;
    while (filled < length) {
      fillIfEmpty();
      int taken = Math.min(length - filled, end - next);
      System.arraycopy(buffer, next, bytes, filled, taken);
      next += taken;
      filled += taken;
    }
    return bytes;
  }

  private int readByte() throws IOException {
    fillIfEmpty();
    return buffer[next++];
  }

  private void fillIfEmpty() throws IOException {
    if (next < end) {
      return;
    }
    Socket open = socket;
    if (open == null) {
      throw new EOFException("closed");
    }
    open.setSoTimeout((int) leftMillis());
    InputStream in = open.getInputStream();
    int length = in.read(buffer);
    if (length < 0) {
      throw new EOFException("the server has closed the connection");
    }
    next = 0;
    end = length;
  }

  private long leftMillis() throws SocketTimeoutException {
    long left = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
    if (left <= 0) {
      throw new SocketTimeoutException("no answer in time");
    }
    return left;
  }

  @Override
  public void close() {
    Socket open = socket;
    socket = null;
    if (open != null) {
      closing(open);
    }
  }

  private static void closing(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // There is nothing to be done, and nothing lost.
    }
  }
}
