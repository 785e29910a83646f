package dev.remora.server.storage;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads one segment through a window, so that a log larger than the heap can be checked. */
final class SegmentReader {
  private static final int WINDOW_BYTES = 1 << 20;

  private final Path path;
  private final DiskFile file;
  private final SegmentHeader header;
  private final RecordFormat format = new RecordFormat();
  private final ByteBuffer window;
  private long windowStart;

  /** A record that verified, and where it lies. */
  record Found(LogRecord record, int batchStart, long end) {}

  SegmentReader(Path path, DiskFile file, SegmentHeader header) {
    this.path = path;
    this.file = file;
    this.header = header;
    this.window = ByteBuffer.allocate((int) Math.min(WINDOW_BYTES, header.capacity())).limit(0);
  }

  Path path() {
    return path;
  }

  DiskFile file() {
    return file;
  }

  SegmentHeader header() {
    return header;
  }

  /** The record at this offset, or null if there is none that verifies. */
  @Nullable Found read(long offset) throws IOException {
    long room = header.capacity() - offset;
    if (room < RecordFormat.HEADER_BYTES) {
      return null;
    }
    ByteBuffer head = bytes(offset, RecordFormat.HEADER_BYTES);
    if (!RecordFormat.isPlausible(head, offset, room)) {
      return null;
    }
    int length = head.getInt(0);
    int type = head.getInt(8);
    int batchStart = head.getInt(12);
    long term = head.getLong(16);
    long index = head.getLong(24);
    byte[] payload = payload(offset + RecordFormat.HEADER_BYTES, length);
    head = bytes(offset, RecordFormat.HEADER_BYTES); // The window may have moved.
    if (!format.isIntact(header.salt(), offset, head, payload)) {
      return null;
    }
    long end = Math.min(offset + RecordFormat.aligned(length), header.capacity());
    return new Found(LogRecord.of(type, term, index, payload), batchStart, end);
  }

  private byte[] payload(long offset, int length) throws IOException {
    byte[] payload = new byte[length - RecordFormat.HEADER_BYTES];
    if (payload.length <= window.capacity()) {
      bytes(offset, payload.length).get(payload);
    } else {
      readFully(ByteBuffer.wrap(payload), offset);
    }
    return payload;
  }

  /** Whether another segment has followed this one. */
  boolean isSealed() throws IOException {
    return bytes(SegmentSeal.at(header), SegmentSeal.BYTES).equals(SegmentSeal.of(header));
  }

  /** The length field at this offset, whatever it is. */
  int lengthAt(long offset) throws IOException {
    return bytes(offset, Integer.BYTES).getInt();
  }

  /** Whether all bytes from one offset to another are zero. */
  boolean isZero(long from, long to) throws IOException {
    for (long at = from; at < to; at += Long.BYTES) {
      if (bytes(at, Long.BYTES).getLong() != 0) {
        return false;
      }
    }
    return true;
  }

  /** A view of bytes that lie within the segment; valid until the next call. */
  ByteBuffer bytes(long offset, int count) throws IOException {
    if (offset < windowStart || offset + count > windowStart + window.limit()) {
      windowStart = Math.max(0, Math.min(offset, header.capacity() - window.capacity()));
      readFully(window.clear(), windowStart);
      window.flip();
    }
    return window.slice((int) (offset - windowStart), count);
  }

  private void readFully(ByteBuffer target, long offset) throws IOException {
    file.read(target, offset);
    if (target.hasRemaining()) {
      throw new EOFException(path + " became shorter while it was read");
    }
  }
}
