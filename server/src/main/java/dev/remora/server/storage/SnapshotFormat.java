package dev.remora.server.storage;

import dev.remora.server.apply.SnapshotEncoder;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32C;

/**
 * How a snapshot lies in its file, big-endian:
 *
 * <pre>
 * header (SnapshotHeader)
 * frames: length u32, at most 1 MiB | crc32c u32 over offset, length, chunk | chunk
 * end:    0 u32                     | crc32c u32 over offset, 0             | SHA-256 of all before
 * </pre>
 *
 * <p>Nothing follows the end. The checksum of a frame says where a file is damaged, and is checked
 * before the chunk is looked into; the hash says that the file is the one that was written.
 */
final class SnapshotFormat {
  static final int FRAME_HEADER_BYTES = 2 * Integer.BYTES;
  static final int HASH_BYTES = 32;

  private final CRC32C crc = new CRC32C();
  private final ByteBuffer prefix = ByteBuffer.allocate(Long.BYTES + Integer.BYTES);
  private final MessageDigest hash;

  SnapshotFormat() {
    try {
      hash = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  static boolean isPlausible(int length) {
    return length >= 0 && length <= SnapshotEncoder.CHUNK_BYTES_MAX;
  }

  /** A frame's checksum; the end's, if the chunk is empty. */
  int checksum(long offset, byte[] chunk) {
    crc.reset();
    crc.update(prefix.clear().putLong(offset).putInt(chunk.length).flip());
    crc.update(chunk);
    return (int) crc.getValue();
  }

  /** Takes the file's next bytes into the hash; the buffer stays as it is. */
  void hash(ByteBuffer bytes) {
    hash.update(bytes.duplicate());
  }

  /** The hash of all that was taken in. */
  byte[] hashed() {
    return hash.digest();
  }
}
