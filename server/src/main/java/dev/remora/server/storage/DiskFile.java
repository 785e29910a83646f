package dev.remora.server.storage;

import java.io.IOException;
import java.nio.ByteBuffer;

/** An open file of a {@link Disk}. Not for several threads at once. */
public interface DiskFile extends AutoCloseable {
  /** In bytes. */
  long size() throws IOException;

  /** Writes all that remains in the buffer, from this offset on; the file grows if needed. */
  void write(ByteBuffer source, long offset) throws IOException;

  /** Reads until the buffer is full or the file ends; returns how many bytes. */
  int read(ByteBuffer target, long offset) throws IOException;

  /** Cuts the file down to this size. */
  void truncate(long size) throws IOException;

  /**
   * Makes all bytes written so far durable, and the size if it has changed. After a failure it is
   * unknown what is durable, and a second attempt proves nothing: the system may have dropped the
   * bytes and forgotten the error.
   */
  void force() throws IOException;

  @Override
  void close() throws IOException;
}
