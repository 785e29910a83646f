package dev.remora.server.storage;

import dev.remora.server.raft.Entry;
import dev.remora.server.raft.HardState;
import dev.remora.server.replica.Recovered;
import dev.remora.server.replica.SnapshotMark;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a log from its oldest segment to its end.
 *
 * <p>Only the last segment may end in a torn batch, which is cut. Every older one must hold exactly
 * what the header of the one after it says, and is sealed: the last one is not, so its loss is
 * noticed. What was read is made durable before it is returned: a killed process may have left it
 * in the page cache only.
 */
final class LogRecovery {
  private static final int COPY_BYTES = 1 << 20;

  private final SegmentFiles files;
  private final @Nullable Start start;
  private final List<Segment> segments = new ArrayList<>();
  private final List<Entry> entries = new ArrayList<>();
  private LogShape shape = LogShape.empty();

  /** A segment that exists. */
  record Segment(Path path, SegmentHeader header) {}

  /**
   * Where the state stands that the entries are to go on from.
   *
   * @param mark the snapshot it was read from; none for an empty state
   * @param damage why it is not a newer one, in words; may be empty
   */
  record Start(SnapshotMark mark, String damage) {}

  /** The last segment, open, and where the next record goes. */
  record Tail(DiskFile file, long end, long cutBytes) {}

  /**
   * The log as found.
   *
   * @param segments oldest first; empty for a new log
   * @param tail of the last segment; null for a new log
   */
  record Result(Recovered recovered, LogShape shape, List<Segment> segments, @Nullable Tail tail) {}

  private LogRecovery(SegmentFiles files, @Nullable Start start) {
    this.files = files;
    this.start = start;
  }

  /**
   * Reads a log.
   *
   * @param start null if the entries are to go on from the newest mark
   */
  static Result recover(SegmentFiles files, @Nullable Start start)
      throws IOException, StorageException {
    return new LogRecovery(files, start).run();
  }

  private Result run() throws IOException, StorageException {
    for (Path path : files.list()) {
      readHeader(path);
    }
    files.forceNames();
    Tail tail = null;
    for (int i = 0; i < segments.size(); i++) {
      if (i + 1 < segments.size()) {
        replayOlder(segments.get(i), segments.get(i + 1));
      } else {
        tail = replayLast(segments.get(i));
      }
    }
    SnapshotMark from = start == null ? shape.mark() : start.mark();
    if (!segments.isEmpty()) {
      checkBeginning(from, start == null ? "" : start.damage());
      joinWith(from);
    }
    Recovered recovered = new Recovered(hardState(from), from, entries);
    return new Result(recovered, shape, segments, tail);
  }

  private void readHeader(Path path) throws IOException, CorruptLogException {
    SegmentHeader header;
    try (DiskFile file = files.open(path)) {
      ByteBuffer sector = ByteBuffer.allocate(SegmentHeader.BYTES);
      file.read(sector, 0);
      header =
          switch (SegmentHeader.decode(sector.clear())) {
            case SegmentHeader.Decoded.Good(SegmentHeader good) -> good;
            case SegmentHeader.Decoded.Bad(String problem) ->
                throw new CorruptLogException(path, 0, problem);
          };
      if (file.size() != header.capacity()) {
        throw new CorruptLogException(
            path,
            "the file has %d bytes but was made with %d".formatted(file.size(), header.capacity()));
      }
    }
    long sequence = SegmentFiles.sequence(path);
    if (sequence != header.sequence()) {
      throw new CorruptLogException(path, 0, "this is segment " + header.sequence());
    }
    if (segments.isEmpty()) {
      shape = LogShape.at(header);
    } else if (segments.getLast().header().sequence() + 1 != sequence) {
      throw new CorruptLogException(
          path,
          "the segment before it is missing; the last one found is "
              + segments.getLast().path().getFileName());
    }
    segments.add(new Segment(path, header));
  }

  private void replayOlder(Segment segment, Segment next) throws IOException, CorruptLogException {
    try (DiskFile file = files.open(segment.path())) {
      SegmentReader reader = new SegmentReader(segment.path(), file, segment.header());
      long end = next.header().previousEnd();
      long at = SegmentHeader.BYTES;
      while (at < end) {
        SegmentReader.Found found = read(reader, at);
        if (found == null) {
          throw new CorruptLogException(segment.path(), at, "a damaged record");
        }
        accept(reader, at, found.record());
        at = found.end();
      }
      boolean continues =
          at == end
              && shape.lastIndex() == next.header().lastIndex()
              && shape.lastTerm() == next.header().lastTerm()
              && shape.hardState().equals(next.header().hardState())
              && shape.mark().equals(next.header().mark());
      if (!continues) {
        throw new CorruptLogException(
            next.path(), "it does not continue " + segment.path().getFileName());
      }
      if (!reader.isSealed() && SegmentSeal.hasRoom(segment.header(), end)) {
        // A crash came between.
        file.write(SegmentSeal.of(segment.header()), SegmentSeal.at(segment.header()));
        file.force();
      }
    }
  }

  private Tail replayLast(Segment segment) throws IOException, CorruptLogException {
    DiskFile file = files.open(segment.path());
    try {
      SegmentReader reader = new SegmentReader(segment.path(), file, segment.header());
      if (reader.isSealed()) {
        throw new CorruptLogException(segment.path(), "the segment after it is missing");
      }
      long at = SegmentHeader.BYTES;
      long batchStart = at;
      for (SegmentReader.Found found = read(reader, at); found != null; found = read(reader, at)) {
        accept(reader, at, found.record());
        batchStart = found.batchStart();
        at = found.end();
      }
      long cutBytes = TornTail.cut(reader, at);
      rewrite(file, batchStart, at);
      file.force();
      return new Tail(file, at, cutBytes);
    } catch (IOException | CorruptLogException e) {
      file.close();
      throw e;
    }
  }

  private SegmentReader.@Nullable Found read(SegmentReader reader, long at)
      throws IOException, CorruptLogException {
    try {
      return reader.read(at);
    } catch (IllegalArgumentException e) {
      throw new CorruptLogException(
          reader.path(), at, "an impossible record (" + e.getMessage() + ")");
    }
  }

  /**
   * Writes the last batch again, as it is. If the flush of it failed in the run before, the system
   * may show it to us and believe it to be on disk, though it is not.
   */
  private static void rewrite(DiskFile file, long from, long to) throws IOException {
    ByteBuffer copy = ByteBuffer.allocateDirect((int) Math.min(COPY_BYTES, to - from));
    for (long at = from; at < to; at += copy.limit()) {
      copy.clear().limit((int) Math.min(copy.capacity(), to - at));
      file.read(copy, at);
      file.write(copy.flip(), at);
    }
  }

  private void accept(SegmentReader reader, long at, LogRecord record) throws CorruptLogException {
    String problem = shape.problemWith(record);
    if (problem != null) {
      throw new CorruptLogException(reader.path(), at, problem);
    }
    switch (record) {
      case LogRecord.Append(Entry entry) -> {
        keepBelow(entry.index());
        if (start == null || entry.index() > start.mark().index()) {
          entries.add(entry);
        }
      }
      case LogRecord.State _ -> {}
      case LogRecord.Mark(SnapshotMark mark, boolean isRestart) -> {
        if (isRestart) {
          entries.clear();
        } else if (start == null) {
          dropUpTo(mark.index());
        }
      }
    }
    shape.accept(record);
  }

  private void keepBelow(long index) {
    if (!entries.isEmpty()) {
      long kept = Math.clamp(index - entries.getFirst().index(), 0, entries.size());
      entries.subList((int) kept, entries.size()).clear();
    }
  }

  private void dropUpTo(long index) {
    if (!entries.isEmpty()) {
      long dropped = Math.clamp(index + 1 - entries.getFirst().index(), 0, entries.size());
      entries.subList(0, (int) dropped).clear();
    }
  }

  private void checkBeginning(SnapshotMark from, String damage) throws CorruptLogException {
    if (shape.firstIndex() > from.index() + 1) {
      throw new CorruptLogException(
          segments.getFirst().path(),
          "the segments before it are missing: the log begins with entry %d, but the newest"
                  .formatted(shape.firstIndex())
              + " snapshot ends with entry %d".formatted(from.index())
              + damage);
    }
  }

  /**
   * A snapshot of our own holds what was in the log before. One that came from the leader may lie
   * past the log's end, or beside a suffix that was never committed, if a crash came before its
   * mark: then no entry follows it.
   */
  private void joinWith(SnapshotMark from) throws CorruptLogException {
    if (shape.isKeptBy(from)) {
      return;
    }
    if (from.index() <= Math.max(shape.hardState().commit(), shape.mark().index())) {
      throw new CorruptLogException(
          segments.getLast().path(),
          "the log does not hold what the snapshot ends with, entry %d of term %d"
              .formatted(from.index(), from.term()));
    }
    entries.clear();
  }

  /** A member is in no older term than its snapshot; in one that is news to it, it has no vote. */
  private HardState hardState(SnapshotMark from) {
    HardState known = shape.hardState();
    long commit = Math.max(known.commit(), from.index());
    return known.term() < from.term()
        ? new HardState(from.term(), 0, commit)
        : new HardState(known.term(), known.vote(), commit);
  }
}
