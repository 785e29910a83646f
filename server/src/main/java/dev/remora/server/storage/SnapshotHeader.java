package dev.remora.server.storage;

import dev.remora.server.replica.SnapshotMark;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The first bytes of a snapshot file: what it is and where it stands.
 *
 * @param mark the last entry it includes
 * @param liveKeys how many keys are live in it
 * @param changes how many changes its history has
 */
record SnapshotHeader(SnapshotMark mark, long liveKeys, long changes) {
  static final int BYTES = 64;

  private static final long MAGIC = 0x52454d4f5241_5350L; // REMORASP
  private static final byte FORMAT = 1;
  private static final int FORMAT_AT = 8;
  private static final int CRC_AT = 12;

  /** What a header's bytes turned out to be. */
  sealed interface Decoded {
    record Good(SnapshotHeader header) implements Decoded {}

    record Newer(int format) implements Decoded {}

    record Bad(String problem) implements Decoded {}
  }

  /** Ready to be written. */
  ByteBuffer encode() {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    bytes.putLong(MAGIC).putInt(FORMAT << 24).putInt(0);
    bytes.putLong(mark.index()).putLong(mark.term()).putLong(liveKeys).putLong(changes);
    bytes.putInt(CRC_AT, checksum(bytes));
    return bytes.clear();
  }

  /** Reads a whole header. Magic, format and checksum stand at these places in every format. */
  static Decoded decode(ByteBuffer bytes) {
    if (bytes.getLong(0) != MAGIC || bytes.getInt(CRC_AT) != checksum(bytes)) {
      return new Decoded.Bad("its header is damaged");
    }
    int format = Byte.toUnsignedInt(bytes.get(FORMAT_AT));
    if (format != FORMAT) {
      return new Decoded.Newer(format);
    }
    try {
      bytes.position(CRC_AT + Integer.BYTES);
      SnapshotMark mark = new SnapshotMark(bytes.getLong(), bytes.getLong());
      return new Decoded.Good(new SnapshotHeader(mark, bytes.getLong(), bytes.getLong()));
    } catch (IllegalArgumentException e) {
      return new Decoded.Bad("its header is impossible (" + e.getMessage() + ")");
    }
  }

  private static int checksum(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate().position(0).limit(CRC_AT));
    crc.update(bytes.duplicate().position(CRC_AT + Integer.BYTES).limit(BYTES));
    return (int) crc.getValue();
  }
}
