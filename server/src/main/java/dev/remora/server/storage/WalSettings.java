package dev.remora.server.storage;

import java.time.Duration;

/**
 * The sizes of a {@link WriteAheadLog}.
 *
 * @param segmentBytes size of a segment made from now on; older ones keep theirs
 * @param payloadBytesMax largest payload of one entry
 * @param batchBytesMax about how much one flush makes durable at most, in bytes
 * @param retryDelay after how long room for a segment is looked for again
 */
public record WalSettings(
    int segmentBytes, int payloadBytesMax, int batchBytesMax, Duration retryDelay) {
  /** Segments of 64 MiB, entries up to 32 MiB. */
  public static final WalSettings DEFAULT =
      new WalSettings(64 << 20, 32 << 20, 8 << 20, Duration.ofSeconds(1));

  public WalSettings {
    if (segmentBytes % SegmentHeader.BYTES != 0
        || payloadBytesMax < 1
        || batchBytesMax < 1
        || SegmentHeader.BYTES + RecordFormat.bytes(payloadBytesMax) + SegmentSeal.BYTES
            > segmentBytes) {
      throw new IllegalArgumentException(
          "segments of %d bytes for payloads of %d".formatted(segmentBytes, payloadBytesMax));
    }
  }
}
