package dev.remora.agent.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The last bytes of a program's output. Written by one thread, read by another. */
final class Tail {
  private static final int BYTES_MAX = 4096;

  private final byte[] ring = new byte[BYTES_MAX];
  private long written;

  /** Reads to the end, keeping only the last bytes. */
  void drain(InputStream in) throws IOException {
    byte[] buffer = new byte[BYTES_MAX];
    int count = in.read(buffer);
    while (count >= 0) {
      add(buffer, count);
      count = in.read(buffer);
    }
  }

  private synchronized void add(byte[] bytes, int count) {
    for (int i = 0; i < count; i++) {
      ring[(int) (written % BYTES_MAX)] = bytes[i];
      written++;
    }
  }

  /** What has arrived so far, as text. */
  synchronized String text() {
    int length = (int) Math.min(written, BYTES_MAX);
    byte[] ordered = new byte[length];
    for (int i = 0; i < length; i++) {
      ordered[i] = ring[(int) ((written - length + i) % BYTES_MAX)];
    }
    return new String(ordered, StandardCharsets.UTF_8);
  }
}
