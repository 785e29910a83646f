package dev.remora.server.peer;

import io.vertx.core.buffer.Buffer;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * Cuts a stream of bytes into frames: length u32 of the content, crc32c u32 of the content, crc32c
 * u32 of these eight bytes, content (big-endian). TCP's own checksum lets one damaged segment in
 * some ten million pass, and an entry that was damaged on the way would be stored with a checksum
 * that fits. A damaged length would have all that follows swallowed until so much has come, so it
 * is checked before it is believed.
 */
final class Frames {
  /** Most bytes of a frame's content: the largest entry and the largest batch fit well. */
  static final int BYTES_MAX = 64 << 20;

  private static final int HEADER_BYTES = 3 * Integer.BYTES;

  /** What of the header the last of its checksums is for. */
  private static final int CHECKED_BYTES = 2 * Integer.BYTES;

  private final CRC32C crc = new CRC32C();

  /** What came and is not yet a whole frame. */
  private Buffer rest = Buffer.buffer();

  /** One frame. */
  static Buffer frame(byte[] content) {
    CRC32C crc = new CRC32C();
    Buffer checked =
        Buffer.buffer(HEADER_BYTES + content.length)
            .appendInt(content.length)
            .appendInt(sum(crc, content));
    return checked.appendInt(sum(crc, checked.getBytes())).appendBytes(content);
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
      if (sum(crc, all.getBytes(at, at + CHECKED_BYTES)) != all.getInt(at + CHECKED_BYTES)) {
        throw new InvalidFrameException("a damaged header of a frame");
      }
      if (length < 0 || length > BYTES_MAX) {
        throw new InvalidFrameException("a frame of " + Integer.toUnsignedLong(length) + " bytes");
      }
      int end = at + HEADER_BYTES + length;
      if (end > all.length()) {
        break;
      }
      byte[] whole = all.getBytes(at + HEADER_BYTES, end);
      if (sum(crc, whole) != all.getInt(at + Integer.BYTES)) {
        throw new InvalidFrameException("a damaged frame of " + length + " bytes");
      }
      content.accept(whole);
      at = end;
    }
    rest = at == all.length() ? Buffer.buffer() : Buffer.buffer(all.getBytes(at, all.length()));
  }

  private static int sum(CRC32C crc, byte[] checked) {
    crc.reset();
    crc.update(checked);
    return (int) crc.getValue();
  }
}
