package dev.remora.torture.network;

import java.io.IOException;
import java.net.Socket;
import java.util.function.Consumer;

/** One connection from a member to another, through the proxy. Thread-safe. */
final class Passage {
  private final int from;
  private final int to;
  private final Socket near;
  private final Socket far;
  private final Consumer<Passage> ended;
  private final Pipe there;
  private final Pipe back;

  /**
   * Joins two sockets.
   *
   * @param near from the member that dialled
   * @param far to the member that was dialled
   * @param ended called when it is over
   */
  Passage(int from, int to, Socket near, Socket far, Links links, Consumer<Passage> ended)
      throws IOException {
    this.from = from;
    this.to = to;
    this.near = near;
    this.far = far;
    this.ended = ended;
    this.there =
        new Pipe(links.of(from, to), near.getInputStream(), far.getOutputStream(), this::close);
    this.back =
        new Pipe(links.of(to, from), far.getInputStream(), near.getOutputStream(), this::close);
  }

  void start() {
    there.start();
    back.start();
  }

  /** Whether it is between these two, whoever dialled. */
  boolean isBetween(int one, int other) {
    return (from == one && to == other) || (from == other && to == one);
  }

  /** Ends it in such a way that both sides see a reset. */
  void reset() {
    resetting(near);
    resetting(far);
    close();
  }

  private void close() {
    there.stop();
    back.stop();
    closing(near);
    closing(far);
    ended.accept(this);
  }

  /** Bytes not yet delivered are thrown away, and the peer is told so. */
  private static void resetting(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      // Closed already.
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
