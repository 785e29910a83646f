package dev.remora.server.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** One connection to a server, one request at a time. Not thread-safe. */
final class Wire implements AutoCloseable {
  private final Socket socket;
  private final byte[] buffer = new byte[64 * 1024];
  private StringBuilder received = new StringBuilder();
  private boolean isHead;
  private boolean isEnded;

  Wire(URI server) {
    try {
      socket = new Socket(server.getHost(), server.getPort());
      socket.setTcpNoDelay(true);
    } catch (IOException e) {
      throw new UncheckedIOException("no connection to " + server, e);
    }
  }

  /** Sends a request; what was left of an earlier reply is forgotten. */
  void send(Request request) {
    received = new StringBuilder();
    isHead = request.method().equals("HEAD");
    try {
      socket.getOutputStream().write(request.bytes());
    } catch (IOException _) {
      isEnded = true; // Seen as a reply that was cut.
    }
  }

  /** Reads until the reply is whole, or that long nothing came. */
  Reply read(int patienceMillis) {
    Reply reply = parse();
    while (reply.state() == Reply.State.OPEN && readMore(patienceMillis)) {
      reply = parse();
    }
    return parse();
  }

  /** Reads until the headers are here. */
  Reply readHead(int patienceMillis) {
    while (parse().status() == 0 && !isEnded && readMore(patienceMillis)) {
      // More may be needed.
    }
    return parse();
  }

  private Reply parse() {
    return Reply.parse(received.toString(), isHead, isEnded);
  }

  /** Whether something came, be it the end. */
  private boolean readMore(int patienceMillis) {
    try {
      socket.setSoTimeout(patienceMillis);
      int count = socket.getInputStream().read(buffer);
      if (count < 0) {
        isEnded = true;
      } else {
        received.append(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
      }
      return true;
    } catch (SocketTimeoutException _) {
      return false;
    } catch (SocketException _) {
      isEnded = true; // A reset is an end, too.
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
