package dev.remora.server.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What lies behind the last good record of the last segment: nothing, a batch that a crash has cut
 * off, or damage.
 *
 * <p>A batch is written only after the one before was flushed. So a record of a later batch proves
 * that the bad one was durable once: damage. With nothing good behind it, a bad record is torn.
 * With good ones of its own batch behind it, it is torn only if a sector of it was never written,
 * so is still all zero from the batch's bytes on (the disk may write sectors in any order);
 * otherwise it is damage.
 */
final class TornTail {
  /** Bounds the search among bytes that only look like records, in segments. */
  private static final int SEARCH_SEGMENTS_MAX = 16;

  private static final int ZEROS = 64 << 10;

  private final SegmentReader reader;
  private final long end;
  private final long capacity;
  private long dirtyEnd;
  private boolean hasRecordsBehind;

  private TornTail(SegmentReader reader, long end) {
    this.reader = reader;
    this.end = end;
    this.capacity = reader.header().capacity();
    this.dirtyEnd = end;
  }

  /**
   * Cuts a torn tail off, by zeros, so that its bytes can never be taken for records later. Not yet
   * durable on return.
   *
   * @param end where the good records end
   * @return how many bytes were not zero, up to the last such
   * @throws CorruptLogException if it is not a torn tail
   */
  static long cut(SegmentReader reader, long end) throws IOException, CorruptLogException {
    TornTail tail = new TornTail(reader, end);
    tail.search();
    if (tail.hasRecordsBehind && !tail.hasLostSector()) {
      throw tail.damage("a damaged record with intact ones of the same batch after it");
    }
    tail.erase();
    return tail.dirtyEnd - end;
  }

  private void search() throws IOException, CorruptLogException {
    long budget = SEARCH_SEGMENTS_MAX * capacity;
    for (long at = end; at < capacity; at += Long.BYTES) {
      if (reader.isZero(at, at + Long.BYTES)) {
        continue; // No record begins with zeros.
      }
      dirtyEnd = at + Long.BYTES;
      if (!isCandidate(at)) {
        continue;
      }
      budget -= reader.lengthAt(at);
      if (budget < 0) {
        throw damage("bytes that are neither records nor empty");
      }
      SegmentReader.Found found = read(at);
      if (found == null) {
        continue;
      }
      if (found.batchStart() > end) {
        throw damage("a damaged record with later ones, at byte " + at + ", after it");
      }
      hasRecordsBehind = true;
      dirtyEnd = found.end();
      at = found.end() - Long.BYTES;
    }
  }

  private boolean isCandidate(long at) throws IOException {
    long room = capacity - at;
    return at > end
        && room >= RecordFormat.HEADER_BYTES
        && RecordFormat.isPlausible(reader.bytes(at, RecordFormat.HEADER_BYTES), at, room);
  }

  private SegmentReader.@Nullable Found read(long at) throws IOException, CorruptLogException {
    try {
      return reader.read(at);
    } catch (IllegalArgumentException e) {
      throw damage("a damaged record with an impossible one after it");
    }
  }

  private boolean hasLostSector() throws IOException {
    int length = reader.lengthAt(end);
    boolean isLength = length >= RecordFormat.HEADER_BYTES && length <= capacity - end;
    long recordEnd = end + (isLength ? length : 1);
    for (long from = end; from < recordEnd; from = sectorEnd(from)) {
      if (reader.isZero(from, sectorEnd(from))) {
        return true;
      }
    }
    return false;
  }

  private static long sectorEnd(long offset) {
    return (offset / SegmentHeader.BYTES + 1) * SegmentHeader.BYTES;
  }

  private void erase() throws IOException {
    for (long at = end; at < dirtyEnd; at += ZEROS) {
      reader.file().write(ByteBuffer.allocate((int) Math.min(ZEROS, dirtyEnd - at)), at);
    }
  }

  private CorruptLogException damage(String what) {
    return new CorruptLogException(reader.path(), end, what);
  }
}
