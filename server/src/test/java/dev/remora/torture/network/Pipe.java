package dev.remora.torture.network;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Carries the bytes of one direction of a connection. One thread reads and one writes, so that a
 * delay does not slow down what follows; the queue between them is bounded, so a link that is cut
 * fills up like a socket's buffer.
 */
final class Pipe {
  private static final int PIECE_BYTES_MAX = 16 * 1024;
  private static final int PIECES_MAX = 64;

  private final Link link;
  private final InputStream in;
  private final OutputStream out;
  private final Runnable end;
  private final BlockingQueue<Piece> pieces = new ArrayBlockingQueue<>(PIECES_MAX);
  private final Thread reader = Thread.ofVirtual().unstarted(this::read);
  private final Thread writer = Thread.ofVirtual().unstarted(this::write);

  /** Bytes that were read together; none at the end of the stream. */
  @SuppressWarnings("ArrayRecordComponent") // Handed over, not shared.
  private record Piece(long sentNanos, byte[] bytes) {}

  /**
   * Makes a pipe.
   *
   * @param end called at the end of the stream, or when either side fails; more than once, perhaps
   */
  Pipe(Link link, InputStream in, OutputStream out, Runnable end) {
    this.link = link;
    this.in = in;
    this.out = out;
    this.end = end;
  }

  void start() {
    reader.start();
    writer.start();
  }

  void stop() {
    reader.interrupt();
    writer.interrupt();
  }

  private void read() {
    byte[] buffer = new byte[PIECE_BYTES_MAX];
    try {
      int length;
      do {
        length = in.read(buffer);
        pieces.put(new Piece(System.nanoTime(), Arrays.copyOf(buffer, Math.max(0, length))));
      } while (length >= 0);
    } catch (IOException e) {
      end.run(); // One side is gone, the other shall notice.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write() {
    try {
      while (true) {
        Piece piece = pieces.take();
        link.await(piece.sentNanos());
        if (piece.bytes().length == 0) {
          break;
        }
        link.spoil(piece.bytes());
        out.write(piece.bytes());
        out.flush();
      }
    } catch (IOException e) {
      // One side is gone, the other shall notice.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    end.run();
  }
}
