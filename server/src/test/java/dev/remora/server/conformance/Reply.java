package dev.remora.server.conformance;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What one request has brought back so far.
 *
 * <p>Thread-safe: one thread reads the socket and fills it, another looks while the request may
 * still be waiting.
 */
final class Reply {
  /** One header line. */
  record Header(String name, String value) {}

  private final List<Header> headers = new ArrayList<>();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private int status;
  private boolean complete;
  private boolean dropped;
  private boolean ended;
  private String error = "nothing was received";
  private @Nullable Socket socket;

  synchronized void connected(Socket connection) {
    socket = connection;
  }

  synchronized void head(int code, List<Header> lines) {
    status = code;
    headers.addAll(lines);
  }

  synchronized void append(byte[] bytes, int length) {
    body.write(bytes, 0, length);
  }

  /** The whole body is here. */
  synchronized void complete() {
    complete = true;
  }

  /** The connection went away before the answer was whole. */
  synchronized void dropped(String reason) {
    dropped = true;
    error = reason;
  }

  /** The server closed its side of a raw connection. */
  synchronized void ended() {
    ended = true;
  }

  synchronized void failed(String reason) {
    error = reason;
  }

  /** Ends the request from our side; its reading thread then stops. */
  void cut() {
    Socket connection;
    synchronized (this) {
      connection = socket;
    }
    if (connection != null) {
      try {
        connection.close();
      } catch (IOException e) {
        failed(e.toString());
      }
    }
  }

  synchronized boolean hasStatus() {
    return status != 0;
  }

  /** The HTTP status, 0 before it arrived. */
  synchronized int status() {
    return status;
  }

  /** The values of all headers of this name, in any case, joined by a comma. */
  synchronized Optional<String> header(String name) {
    String joined =
        headers.stream()
            .filter(header -> header.name().equalsIgnoreCase(name))
            .map(Header::value)
            .collect(Collectors.joining(", "));
    boolean present = headers.stream().anyMatch(header -> header.name().equalsIgnoreCase(name));
    return present ? Optional.of(joined) : Optional.empty();
  }

  synchronized byte[] body() {
    return body.toByteArray();
  }

  /** The body so far; what is not UTF-8 is shown as U+FFFD. */
  synchronized String text() {
    return body.toString(StandardCharsets.UTF_8);
  }

  synchronized boolean isComplete() {
    return complete;
  }

  synchronized boolean isDropped() {
    return dropped;
  }

  synchronized boolean isEnded() {
    return ended;
  }

  /** Why there is no answer, for the message of a failure. */
  synchronized String error() {
    return error;
  }
}
