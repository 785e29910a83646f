package dev.remora.server.api.v3;

import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.Keyspace;
import dev.remora.server.mvcc.Version;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The CRC-32C of all live keys, in their order: for each the lengths of key and value, create
 * revision, mod revision, version and lease as eight bytes each, then key and value. Members with
 * the same keys have the same hash; it is not comparable with etcd's.
 */
final class KeyspaceHash {
  private KeyspaceHash() {}

  static int of(Keyspace keyspace) {
    CRC32C crc = new CRC32C();
    ByteBuffer head = ByteBuffer.allocate(6 * Long.BYTES);
    keyspace
        .newest()
        .scanLive(
            Bytes.EMPTY,
            Bytes.EMPTY,
            version -> {
              add(version, head, crc);
              return true;
            });
    return (int) crc.getValue();
  }

  private static void add(Version version, ByteBuffer head, CRC32C crc) {
    head.clear()
        .putLong(version.key().length())
        .putLong(version.value().length())
        .putLong(version.createRevision())
        .putLong(version.modRevision())
        .putLong(version.version())
        .putLong(version.lease())
        .flip();
    crc.update(head);
    crc.update(version.key().array());
    crc.update(version.value().array());
  }
}
