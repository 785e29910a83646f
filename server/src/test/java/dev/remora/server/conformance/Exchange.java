package dev.remora.server.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One request on a connection of its own, read byte for byte.
 *
 * <p>A JDK client would hide what the scenarios look at: whether headers came before the body, how
 * a chunked body ended, whether the server closed. So this is HTTP/1.1 by hand, for answers only as
 * odd as a server gives them.
 */
final class Exchange {
  private static final int BUFFER_BYTES = 64 * 1024;
  private static final Duration RAW_TIMEOUT = Duration.ofMillis(1500);

  private final URI base;
  private final JsonNode step;
  private final Variables variables;
  private final Reply reply;

  /** Told once the headers are here, and again when the exchange is over. */
  private final Runnable onHeaders;

  Exchange(URI base, JsonNode step, Variables variables, Reply reply, Runnable onHeaders) {
    this.base = base;
    this.step = step;
    this.variables = variables;
    this.reply = reply;
    this.onHeaders = onHeaders;
  }

  /**
   * Sends the step's request and reads until the answer is whole or the timeout has passed without
   * a byte. What the server does is never an exception: it is in the reply.
   *
   * @throws MismatchException if the step uses a variable that is not defined
   */
  void run(Duration timeout) throws MismatchException {
    try {
      if (step.has("raw")) {
        runRaw(variables.text(step.path("raw").asText()));
      } else {
        runHttp(Request.of(base, step, variables), timeout);
      }
    } catch (SocketTimeoutException e) {
      reply.failed("timeout");
    } catch (IOException | NumberFormatException e) {
      reply.dropped(e.toString()); // A length or a status that is no number is no answer either.
    } finally {
      onHeaders.run();
    }
  }

  private Socket connect(Duration timeout) throws IOException {
    Socket socket = new Socket();
    reply.connected(socket);
    socket.setTcpNoDelay(true);
    socket.connect(
        new InetSocketAddress(base.getHost(), base.getPort()), Math.toIntExact(timeout.toMillis()));
    socket.setSoTimeout(Math.toIntExact(timeout.toMillis()));
    return socket;
  }

  private void runHttp(Request request, Duration timeout) throws IOException {
    try (Socket socket = connect(timeout)) {
      socket.getOutputStream().write(request.bytes());
      InputStream in = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
      int status = readHead(in);
      while (status == 100) {
        status = readHead(in);
      }
      onHeaders.run();
      try {
        readBody(in, request.method(), status);
        reply.complete();
      } catch (SocketTimeoutException e) {
        reply.failed("timeout after the headers");
      }
    }
  }

  /** Reads the status line and the headers into the reply, unless it is an interim answer. */
  private int readHead(InputStream in) throws IOException {
    String[] statusLine = readLine(in).split(" ", 3);
    if (statusLine.length < 2 || !statusLine[0].startsWith("HTTP/")) {
      throw new IOException("not a status line: " + String.join(" ", statusLine));
    }
    int status = Integer.parseInt(statusLine[1]);
    List<Reply.Header> headers = new ArrayList<>();
    for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
      addHeader(headers, line);
    }
    if (status != 100) {
      reply.head(status, headers);
    }
    return status;
  }

  private void readBody(InputStream in, String method, int status) throws IOException {
    if (method.equals("HEAD") || status == 204 || status == 304 || status < 200) {
      return;
    }
    String coding = reply.header("Transfer-Encoding").orElse("").toLowerCase(Locale.ROOT);
    String length = reply.header("Content-Length").orElse("");
    if (coding.equals("chunked")) {
      readChunks(in);
    } else if (!length.isEmpty()) {
      readExactly(in, Long.parseLong(length));
    } else {
      readToEnd(in);
    }
  }

  private void readChunks(InputStream in) throws IOException {
    while (true) {
      long size = Long.parseLong(readLine(in).split(";", 2)[0].strip(), 16);
      if (size == 0) {
        while (!readLine(in).isEmpty()) {
          // A trailer, of no interest.
        }
        return;
      }
      readExactly(in, size);
      if (!readLine(in).isEmpty()) {
        throw new IOException("a chunk is longer than it says");
      }
    }
  }

  private void readExactly(InputStream in, long bytes) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    long left = bytes;
    while (left > 0) {
      int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (read < 0) {
        throw new EOFException("the body is " + left + " bytes short");
      }
      reply.append(buffer, read);
      left -= read;
    }
  }

  private void readToEnd(InputStream in) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      reply.append(buffer, read);
    }
  }

  private static String readLine(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the connection was closed");
      }
      line.write(next);
    }
    String text = line.toString(StandardCharsets.ISO_8859_1);
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }

  private static void addHeader(List<Reply.Header> headers, String line) {
    int colon = line.indexOf(':');
    if (colon >= 0) {
      headers.add(
          new Reply.Header(line.substring(0, colon).strip(), line.substring(colon + 1).strip()));
    }
  }

  /** Writes the given bytes and keeps whatever comes back until silence or the end. */
  private void runRaw(String data) throws IOException {
    Duration timeout = Duration.ofMillis(step.path("read_ms").asLong(RAW_TIMEOUT.toMillis()));
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    try (Socket socket = connect(timeout)) {
      socket.getOutputStream().write(data.getBytes(StandardCharsets.ISO_8859_1));
      if (step.has("half_close_ms")) {
        pause(Duration.ofMillis(step.path("half_close_ms").asLong()));
        socket.shutdownOutput();
      }
      receive(socket.getInputStream(), received);
    }
    reply.complete();
    if (received.size() == 0) {
      reply.dropped("the connection gave no byte");
      return;
    }
    String text = received.toString(StandardCharsets.ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    String head = end < 0 ? text : text.substring(0, end);
    byte[] rest =
        end < 0 ? new byte[0] : text.substring(end + 4).getBytes(StandardCharsets.ISO_8859_1);
    String[] lines = head.split("\r\n", -1);
    List<Reply.Header> headers = new ArrayList<>();
    for (int i = 1; i < lines.length; i++) {
      addHeader(headers, lines[i]);
    }
    reply.head(Integer.parseInt(lines[0].split(" ", 3)[1]), headers);
    reply.append(rest, rest.length);
  }

  private void receive(InputStream in, ByteArrayOutputStream received) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    try {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        received.write(buffer, 0, read);
        if (received.toString(StandardCharsets.ISO_8859_1).contains("\r\n\r\n")) {
          onHeaders.run();
        }
      }
      reply.ended();
    } catch (SocketTimeoutException e) {
      reply.failed("timeout");
    } catch (IOException e) {
      // A reset: not an orderly end, but what was received still counts.
      reply.failed(e.toString());
    }
  }

  /** A pause that the scenario itself asks for: it is part of what the client does. */
  static void pause(Duration duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
