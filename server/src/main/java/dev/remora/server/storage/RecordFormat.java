package dev.remora.server.storage;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * How a record lies in a segment, 8-byte aligned, big-endian:
 *
 * <pre>
 *  0 length u32       of header and payload, without padding; never 0
 *  4 crc32c u32       over salt, offset, and everything but itself
 *  8 type u32
 * 12 batch start u32  the offset at which its batch begins in this segment
 * 16 term u64
 * 24 index u64
 * 32 payload, then zeros up to the alignment
 * </pre>
 *
 * <p>The segment's salt keeps bytes of another file from verifying, the offset those of another
 * place. The batch start tells after a crash what must have been durable: a batch is written only
 * after the one before it was flushed.
 */
final class RecordFormat {
  static final int HEADER_BYTES = 32;

  /** An entry: term, index, payload. */
  static final int ENTRY = 1;

  /** A hard state: term; commit in the place of the index; the vote as payload. */
  static final int HARD_STATE = 2;

  /** A snapshot mark: term, index. */
  static final int SNAPSHOT_MARK = 3;

  /** An entry that changes the group's configuration: term, index, payload. */
  static final int CONF_ENTRY = 4;

  /** A snapshot mark that drops the log before it: term, index. */
  static final int SNAPSHOT_RESTART = 5;

  private static final int ALIGNMENT = 8;
  private static final int CRC_AT = 4;

  private final CRC32C crc = new CRC32C();
  private final ByteBuffer prefix = ByteBuffer.allocate(2 * Long.BYTES);

  /** Bytes a record takes with its padding. */
  static int bytes(int payloadBytes) {
    return aligned(HEADER_BYTES + payloadBytes);
  }

  static int aligned(int length) {
    return (length + ALIGNMENT - 1) & -ALIGNMENT;
  }

  /** Fills a header. */
  void encode(
      ByteBuffer header,
      long salt,
      long offset,
      int type,
      int batchStart,
      long term,
      long index,
      byte[] payload) {
    header.clear();
    header.putInt(HEADER_BYTES + payload.length).putInt(0).putInt(type).putInt(batchStart);
    header.putLong(term).putLong(index).flip();
    header.putInt(CRC_AT, checksum(salt, offset, header, payload));
  }

  /** Whether header and payload are what was once written at this place. */
  boolean isIntact(long salt, long offset, ByteBuffer header, byte[] payload) {
    return header.getInt(CRC_AT) == checksum(salt, offset, header, payload);
  }

  /**
   * Whether a header makes sense, before anything is allocated for its record.
   *
   * @param room bytes from the record's offset to the end of the segment
   */
  static boolean isPlausible(ByteBuffer header, long offset, long room) {
    int length = header.getInt(0);
    int type = header.getInt(8);
    int batchStart = header.getInt(12);
    return length >= HEADER_BYTES
        && length <= room
        && type >= ENTRY
        && type <= SNAPSHOT_RESTART
        && batchStart >= SegmentHeader.BYTES
        && batchStart <= offset
        && batchStart % ALIGNMENT == 0;
  }

  private int checksum(long salt, long offset, ByteBuffer header, byte[] payload) {
    crc.reset();
    crc.update(prefix.clear().putLong(salt).putLong(offset).flip());
    crc.update(header.duplicate().position(0).limit(CRC_AT));
    crc.update(header.duplicate().position(CRC_AT + Integer.BYTES).limit(HEADER_BYTES));
    crc.update(payload);
    return (int) crc.getValue();
  }
}
