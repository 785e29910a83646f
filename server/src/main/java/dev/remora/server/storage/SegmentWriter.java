package dev.remora.server.storage;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Puts records behind each other into one segment. */
final class SegmentWriter {
  /** Zeros, more than any record needs to its alignment. */
  private static final byte[] PADDING = new byte[RecordFormat.HEADER_BYTES];

  private final DiskFile file;
  private final SegmentHeader header;
  private final RecordFormat format = new RecordFormat();
  private final ByteBuffer head = ByteBuffer.allocate(RecordFormat.HEADER_BYTES);

  /** Gathers a batch, so that it goes to the system in one write unless it is large. */
  private final ByteBuffer buffer;

  /** Where the next byte goes, those in the buffer counted. */
  private long end;

  /** Where the buffer's first byte goes. */
  private long written;

  private long batchStart;

  /**
   * Continues a segment.
   *
   * @param buffer to be used by one writer at a time; empty
   */
  SegmentWriter(DiskFile file, SegmentHeader header, long end, ByteBuffer buffer) {
    this.file = file;
    this.header = header;
    this.buffer = buffer;
    this.end = end;
    this.written = end;
    this.batchStart = end;
  }

  SegmentHeader header() {
    return header;
  }

  long end() {
    return end;
  }

  boolean hasRoomFor(LogRecord record) {
    return end + RecordFormat.bytes(record.payload().length) <= SegmentSeal.at(header);
  }

  void append(LogRecord record) throws IOException {
    byte[] payload = record.payload();
    format.encode(
        head,
        header.salt(),
        end,
        record.type(),
        (int) batchStart,
        record.term(),
        record.index(),
        payload);
    int bytes = RecordFormat.bytes(payload.length);
    put(head.array(), RecordFormat.HEADER_BYTES);
    put(payload, payload.length);
    put(PADDING, bytes - RecordFormat.HEADER_BYTES - payload.length);
    end += bytes;
  }

  private void put(byte[] source, int length) throws IOException {
    int done = 0;
    while (done < length) {
      if (!buffer.hasRemaining()) {
        flush();
      }
      int count = Math.min(length - done, buffer.remaining());
      buffer.put(source, done, count);
      done += count;
    }
  }

  private void flush() throws IOException {
    buffer.flip();
    int count = buffer.remaining();
    file.write(buffer, written);
    written += count;
    buffer.clear();
  }

  /** Hands what was appended to the system; false if nothing was. */
  boolean write() throws IOException {
    if (end == batchStart) {
      return false;
    }
    flush();
    return true;
  }

  /** Makes durable what was written; ends the batch. */
  void force() throws IOException {
    file.force();
    batchStart = end;
  }

  /** Marks the segment as followed by another, if there is room. Durable on return. */
  void seal() throws IOException {
    if (SegmentSeal.hasRoom(header, end)) {
      file.write(SegmentSeal.of(header), SegmentSeal.at(header));
      file.force();
    }
  }

  void close() throws IOException {
    file.close();
  }
}
