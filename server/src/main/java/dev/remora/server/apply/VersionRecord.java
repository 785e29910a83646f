package dev.remora.server.apply;

import dev.remora.server.apply.proto.SnapshotVersion;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.Version;
import java.nio.ByteBuffer;

/**
 * A version as a record of a snapshot, byte for byte what its message would be, but without one: a
 * snapshot is almost nothing but versions, and the garbage of a dozen objects for each would slow
 * down all who are served meanwhile. (Protocol Buffers, "Encoding".)
 */
final class VersionRecord {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int VARINT_BYTES_MAX = 10;

  /** The record's length; the tag and the length of the version in it. */
  private static final int FRONT_BYTES = Integer.BYTES + 1 + VARINT_BYTES_MAX;

  /** All fields of a version but its key and value, and the tags and lengths of these. */
  private static final int FIELDS_BYTES_MAX = 13 * (1 + VARINT_BYTES_MAX);

  private VersionRecord() {}

  /**
   * Writes a record behind its length.
   *
   * @param field the number it has in a record, below 16
   */
  static ByteBuffer encode(int field, Version version) {
    ByteBuffer out =
        ByteBuffer.allocate(
            FRONT_BYTES + FIELDS_BYTES_MAX + version.key().length() + version.value().length());
    out.position(FRONT_BYTES);
    write(version, out);
    int end = out.position();
    int length = end - FRONT_BYTES;
    int start = FRONT_BYTES - 1 - varintBytes(length);
    out.position(start);
    tag(out, field, BYTES);
    varint(out, length);
    out.putInt(start - Integer.BYTES, end - start);
    return out.position(start - Integer.BYTES).limit(end);
  }

  private static void write(Version version, ByteBuffer out) {
    bytes(out, SnapshotVersion.KEY_FIELD_NUMBER, version.key());
    bytes(out, SnapshotVersion.VALUE_FIELD_NUMBER, version.value());
    number(out, SnapshotVersion.CREATE_REVISION_FIELD_NUMBER, version.createRevision());
    number(out, SnapshotVersion.MOD_REVISION_FIELD_NUMBER, version.modRevision());
    number(out, SnapshotVersion.SUB_FIELD_NUMBER, version.sub());
    number(out, SnapshotVersion.VERSION_FIELD_NUMBER, version.version());
    number(out, SnapshotVersion.LEASE_FIELD_NUMBER, version.lease());
    number(out, SnapshotVersion.CREATED_INDEX_FIELD_NUMBER, version.createdIndex());
    if (version.isExpiring()) {
      tag(out, SnapshotVersion.EXPIRATION_FIELD_NUMBER, FIXED64);
      out.putLong(Long.reverseBytes(version.expiration()));
    }
    int action = SnapshotMessages.message(version.action()).getNumber();
    number(out, SnapshotVersion.ACTION_FIELD_NUMBER, action);
    number(out, SnapshotVersion.SHOWN_FIELD_NUMBER, version.isShown() ? 1 : 0);
    number(out, SnapshotVersion.SEQUENCE_FIELD_NUMBER, version.sequence());
    if (version.previous() != SnapshotMessages.NO_VERSION) {
      tag(out, SnapshotVersion.PREVIOUS_FIELD_NUMBER, VARINT);
      varint(out, version.previous());
    }
  }

  private static void bytes(ByteBuffer out, int field, Bytes bytes) {
    if (!bytes.isEmpty()) {
      tag(out, field, BYTES);
      varint(out, bytes.length());
      out.put(bytes.array());
    }
  }

  private static void number(ByteBuffer out, int field, long number) {
    if (number != 0) {
      tag(out, field, VARINT);
      varint(out, number);
    }
  }

  private static void tag(ByteBuffer out, int field, int form) {
    out.put((byte) (field << 3 | form));
  }

  private static void varint(ByteBuffer out, long number) {
    long rest = number;
    while ((rest & ~0x7fL) != 0) {
      out.put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    out.put((byte) rest);
  }

  private static int varintBytes(long number) {
    return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(number) + 6) / 7);
  }
}
