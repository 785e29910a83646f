package dev.remora.agent.registry;

import io.vertx.core.buffer.Buffer;
import java.util.function.Consumer;

/** Cuts a stream of chunks into lines of bounded length. */
final class LineSplitter {
  private final int bytesMax;
  private final Consumer<Buffer> lines;
  private Buffer rest = Buffer.buffer();

  LineSplitter(int bytesMax, Consumer<Buffer> lines) {
    this.bytesMax = bytesMax;
    this.lines = lines;
  }

  /** Takes a chunk and passes on the lines it completes; false once a line is too long. */
  boolean accept(Buffer chunk) {
    int start = 0;
    byte[] bytes = chunk.getBytes();
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        if (rest.length() + i - start > bytesMax) {
          return false;
        }
        Buffer line = rest.appendBytes(bytes, start, i - start);
        rest = Buffer.buffer();
        start = i + 1;
        if (line.length() > 0) {
          lines.accept(line);
        }
      }
    }
    if (rest.length() + bytes.length - start > bytesMax) {
      return false;
    }
    rest.appendBytes(bytes, start, bytes.length - start);
    return true;
  }
}
