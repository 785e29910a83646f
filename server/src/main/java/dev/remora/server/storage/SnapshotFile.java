package dev.remora.server.storage;

import dev.remora.server.apply.InvalidSnapshotException;
import dev.remora.server.apply.SnapshotDecoder;
import dev.remora.server.apply.SnapshotEncoder;
import dev.remora.server.apply.State;
import dev.remora.server.replica.SnapshotMark;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/** Writes and reads the content of one snapshot file ({@link SnapshotFormat}). */
final class SnapshotFile {
  private static final byte[] NO_CHUNK = new byte[0];

  private final DiskFile file;
  private final SnapshotFormat format = new SnapshotFormat();
  private long at;

  /** It was written and is whole, or says what is wrong with it. */
  sealed interface Read {
    record Whole(State state) implements Read {}

    record Newer(int format) implements Read {}

    record Damaged(String problem) implements Read {}
  }

  SnapshotFile(DiskFile file) {
    this.file = file;
  }

  /**
   * Fills a new file, durably. It is flushed chunk by chunk, so that the log's own flushes never
   * wait for a large one.
   *
   * @param isGivenUp asked before each chunk
   * @return its size in bytes; 0 if it was given up
   */
  long write(State state, BooleanSupplier isGivenUp) throws IOException {
    SnapshotHeader header =
        new SnapshotHeader(
            new SnapshotMark(state.index(), state.term()),
            state.keyspace().newest().sizeLive(),
            state.keyspace().history().size());
    write(header.encode());
    SnapshotEncoder chunks = new SnapshotEncoder(state);
    while (chunks.hasNext()) {
      if (isGivenUp.getAsBoolean()) {
        return 0;
      }
      writeFrame(chunks.next());
      file.force();
    }
    writeFrame(NO_CHUNK);
    write(ByteBuffer.wrap(format.hashed()));
    file.force();
    return at;
  }

  private void writeFrame(byte[] chunk) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(SnapshotFormat.FRAME_HEADER_BYTES + chunk.length);
    frame.putInt(chunk.length).putInt(format.checksum(at, chunk)).put(chunk);
    write(frame.flip());
  }

  private void write(ByteBuffer bytes) throws IOException {
    int length = bytes.remaining();
    format.hash(bytes);
    file.write(bytes, at);
    at += length;
  }

  /**
   * Reads the whole file; nothing of it is believed before its checksum is.
   *
   * @param mark where it must stand, by its name
   */
  Read read(SnapshotMark mark) throws IOException {
    byte[] header = next(SnapshotHeader.BYTES);
    if (header.length < SnapshotHeader.BYTES) {
      return new Read.Damaged("it has only %d bytes".formatted(header.length));
    }
    return switch (SnapshotHeader.decode(ByteBuffer.wrap(header))) {
      case SnapshotHeader.Decoded.Bad(String problem) -> new Read.Damaged(problem);
      case SnapshotHeader.Decoded.Newer(int newer) -> new Read.Newer(newer);
      case SnapshotHeader.Decoded.Good(SnapshotHeader good) when !good.mark().equals(mark) ->
          new Read.Damaged("it is the one of " + good.mark());
      case SnapshotHeader.Decoded.Good _ -> readFrames(mark);
    };
  }

  /** Reads the whole file, wherever it stands, as {@link #read(SnapshotMark)} does. */
  Read read() throws IOException {
    ByteBuffer header = ByteBuffer.allocate(SnapshotHeader.BYTES);
    file.read(header, 0);
    return SnapshotHeader.decode(header.clear()) instanceof SnapshotHeader.Decoded.Good good
        ? read(good.header().mark())
        : read(new SnapshotMark(0, 0)); // Which says what is wrong with the header.
  }

  /** The hash at the end of a whole file: it differs from file to file. */
  byte[] endHash() throws IOException {
    ByteBuffer hash = ByteBuffer.allocate(SnapshotFormat.HASH_BYTES);
    file.read(hash, file.size() - SnapshotFormat.HASH_BYTES);
    return hash.array();
  }

  private Read readFrames(SnapshotMark mark) throws IOException {
    SnapshotDecoder decoder = new SnapshotDecoder();
    try {
      byte[] chunk = readFrame();
      while (chunk.length > 0) {
        decoder.accept(chunk);
        chunk = readFrame();
      }
      byte[] expected = format.hashed();
      if (!Arrays.equals(next(SnapshotFormat.HASH_BYTES), expected) || at != file.size()) {
        return new Read.Damaged("its end at byte %d is damaged".formatted(at));
      }
      State state = decoder.finish();
      return state.index() == mark.index() && state.term() == mark.term()
          ? new Read.Whole(state)
          : new Read.Damaged("its content is of index " + state.index());
    } catch (InvalidSnapshotException e) {
      return new Read.Damaged("before byte %d: %s".formatted(at, e.getMessage()));
    } catch (DamagedFrameException e) {
      return new Read.Damaged(String.valueOf(e.getMessage()));
    }
  }

  private byte[] readFrame() throws IOException, DamagedFrameException {
    long start = at;
    byte[] head = next(SnapshotFormat.FRAME_HEADER_BYTES);
    if (head.length < SnapshotFormat.FRAME_HEADER_BYTES) {
      throw new DamagedFrameException(start, "the file ends");
    }
    int length = ByteBuffer.wrap(head).getInt(0);
    int checksum = ByteBuffer.wrap(head).getInt(Integer.BYTES);
    if (!SnapshotFormat.isPlausible(length)) {
      throw new DamagedFrameException(start, "no chunk begins here");
    }
    byte[] chunk = next(length);
    if (chunk.length < length || checksum != format.checksum(start, chunk)) {
      throw new DamagedFrameException(start, "a damaged chunk");
    }
    return chunk;
  }

  /** The next bytes, taken into the hash; fewer, if the file ends. */
  private byte[] next(int count) throws IOException {
    byte[] bytes = new byte[count];
    int found = file.read(ByteBuffer.wrap(bytes), at);
    format.hash(ByteBuffer.wrap(bytes, 0, found));
    at += found;
    return found == count ? bytes : Arrays.copyOf(bytes, found);
  }

  private static final class DamagedFrameException extends Exception {
    private static final long serialVersionUID = 1;

    DamagedFrameException(long offset, String what) {
      super("at byte %d: %s".formatted(offset, what));
    }
  }
}
