package dev.remora.server.storage;

import dev.remora.server.raft.HardState;
import dev.remora.server.replica.SnapshotMark;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The first sector of a segment: what it is, and the state of the log at its beginning, so that
 * older segments can be removed and a missing one is noticed.
 *
 * <p>It is durable before the segment gets its name, so a bad one is never a torn one.
 *
 * @param capacity the size the file was made with, in bytes
 * @param sequence counts the segments of a log, from 1
 * @param salt random; goes into every checksum, so that bytes from elsewhere do not verify
 * @param previousEnd where the records of the segment before end; 0 in the first
 * @param lastIndex of the entry before this segment; 0 for none
 * @param lastTerm that entry's term
 * @param hardState the last one written before
 * @param mark the last one written before
 */
record SegmentHeader(
    long capacity,
    long sequence,
    long salt,
    long previousEnd,
    long lastIndex,
    long lastTerm,
    HardState hardState,
    SnapshotMark mark) {
  /** One sector: disks write it whole or not at all. */
  static final int BYTES = 512;

  private static final long MAGIC = 0x52454d4f5241_574cL; // REMORAWL
  private static final int VERSION = 1;
  private static final int VERSION_AT = 8;
  private static final int CRC_AT = 12;

  /** What a header's bytes turned out to be. */
  sealed interface Decoded {
    record Good(SegmentHeader header) implements Decoded {}

    record Bad(String problem) implements Decoded {}
  }

  /** Ready to be written. */
  ByteBuffer encode() {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    bytes.putLong(MAGIC).putInt(VERSION).putInt(0);
    bytes.putLong(capacity).putLong(sequence).putLong(salt).putLong(previousEnd);
    bytes.putLong(lastIndex).putLong(lastTerm);
    bytes.putLong(hardState.term()).putLong(hardState.vote()).putLong(hardState.commit());
    bytes.putLong(mark.index()).putLong(mark.term());
    bytes.putInt(CRC_AT, checksum(bytes));
    return bytes.clear();
  }

  /** Reads a whole sector. */
  static Decoded decode(ByteBuffer bytes) {
    if (bytes.getLong(0) != MAGIC) {
      return new Decoded.Bad("this is not a segment of a Remora log");
    }
    int version = bytes.getInt(VERSION_AT);
    if (version > VERSION) {
      return new Decoded.Bad(
          "format version %d is newer than this server's %d: start a newer server"
              .formatted(version, VERSION));
    }
    if (version != VERSION || bytes.getInt(CRC_AT) != checksum(bytes)) {
      return new Decoded.Bad("the segment's header is damaged");
    }
    try {
      return new Decoded.Good(fields(bytes.position(CRC_AT + Integer.BYTES)));
    } catch (IllegalArgumentException e) {
      return new Decoded.Bad("the segment's header is impossible (" + e.getMessage() + ")");
    }
  }

  private static SegmentHeader fields(ByteBuffer bytes) {
    return new SegmentHeader(
        bytes.getLong(),
        bytes.getLong(),
        bytes.getLong(),
        bytes.getLong(),
        bytes.getLong(),
        bytes.getLong(),
        new HardState(bytes.getLong(), bytes.getLong(), bytes.getLong()),
        new SnapshotMark(bytes.getLong(), bytes.getLong()));
  }

  private static int checksum(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate().position(0).limit(CRC_AT));
    crc.update(bytes.duplicate().position(CRC_AT + Integer.BYTES).limit(BYTES));
    return (int) crc.getValue();
  }
}
