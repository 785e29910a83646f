package dev.remora.server.peer;

import io.vertx.core.buffer.Buffer;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * Cuts a stream of bytes into frames: length u32 of the content, crc32c u32 of the content, content
 * (big-endian). TCP's own checksum lets one damaged segment in some ten million pass, and an entry
 * that was damaged on the way would be stored with a checksum that fits.
 */
final class Frames {
  /** Most bytes of a frame's content: the largest entry and the largest batch fit well. */
  static final int BYTES_MAX = 64 << 20;

  private static final int HEADER_BYTES = 2 * Integer.BYTES;

  private final CRC32C crc = new CRC32C();

  /** What came and is not yet a whole frame. */
  private Buffer rest = Buffer.buffer();

  /** One frame. */
  static Buffer frame(byte[] content) {
    CRC32C crc = new CRC32C();
    crc.update(content);
    return Buffer.buffer(HEADER_BYTES + content.length)
        .appendInt(content.length)
        .appendInt((int) crc.getValue())
        .appendBytes(content);
  }

  /**
   * Takes the next bytes, and gives each content that is whole now.
   *
   * @throws InvalidFrameException if a frame is too long or damaged
   */
  void take(Buffer bytes, Consumer<byte[]> content) throws InvalidFrameException {
    Buffer all = rest.length() == 0 ? bytes : rest.appendBuffer(bytes);
    int at = 0;
    while (all.length() - at >= HEADER_BYTES) {
      int length = all.getInt(at);
      if (length < 0 || length > BYTES_MAX) {
        throw new InvalidFrameException("a frame of " + Integer.toUnsignedLong(length) + " bytes");
      }
      int end = at + HEADER_BYTES + length;
      if (end > all.length()) {
        break;
      }
      byte[] whole = all.getBytes(at + HEADER_BYTES, end);
      crc.reset();
      crc.update(whole);
      if ((int) crc.getValue() != all.getInt(at + Integer.BYTES)) {
        throw new InvalidFrameException("a damaged frame of " + length + " bytes");
      }
      content.accept(whole);
      at = end;
    }
    rest = at == all.length() ? Buffer.buffer() : Buffer.buffer(all.getBytes(at, all.length()));
  }
}
