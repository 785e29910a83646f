package dev.remora.server.storage;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The last bytes of a segment that is not the last one. They are written when the next segment is
 * durable and holds nothing yet, so that a log which lost its last segment does not pass for a
 * shorter log.
 */
final class SegmentSeal {
  /** Within one sector, as segments are whole sectors: on disk it is there or not. */
  static final int BYTES = 16;

  private static final long MAGIC = 0x52454d4f5241_5345L; // REMORASE

  private SegmentSeal() {}

  /** The seal of the segment with this header, and of no other. */
  static ByteBuffer of(SegmentHeader header) {
    ByteBuffer salted =
        ByteBuffer.allocate(3 * Long.BYTES)
            .putLong(MAGIC)
            .putLong(header.salt())
            .putLong(header.sequence());
    CRC32C crc = new CRC32C();
    crc.update(salted.flip());
    return ByteBuffer.allocate(BYTES).putLong(MAGIC).putLong(crc.getValue()).flip();
  }

  /** Where it lies in its segment. */
  static long at(SegmentHeader header) {
    return header.capacity() - BYTES;
  }
}
