package dev.remora.server.storage;

import dev.remora.server.raft.Entry;
import dev.remora.server.raft.HardState;
import dev.remora.server.replica.LogStore;
import dev.remora.server.replica.LogStoreEvents;
import dev.remora.server.replica.Recovered;
import dev.remora.server.replica.SnapshotMark;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log on disk, with natural group commit: one thread takes all that was handed over, writes it
 * behind the last record, flushes once, and reports each hand-over; meanwhile the next batch
 * gathers. Nobody waits in the hope of a larger batch.
 *
 * <p>A full segment is flushed before the next one gets its name, so only the last can be torn. The
 * next one is made ahead by a second thread, full of zeros, so that a flush writes data and no
 * metadata. If it is not ready, hand-overs wait in the queue.
 *
 * <p>Fields are confined to the thread they are grouped under.
 */
public final class WriteAheadLog implements LogStore {
  private static final Logger log = LoggerFactory.getLogger(WriteAheadLog.class);
  private static final int BUFFER_BYTES_MAX = 1 << 20;

  private final WalSettings settings;
  private final LogThreads threads;
  private final SegmentFiles files;
  private final LogStoreEvents events;
  private final LongSupplier salts;

  // Any thread.
  private final Queue<Handover> queue = new ConcurrentLinkedQueue<>();
  private final AtomicLong backlogBytes = new AtomicLong();

  /** Whether the writing thread will look at the queue by itself. */
  private final AtomicBoolean isAwake = new AtomicBoolean();

  private volatile boolean isClosing;

  // The user's thread: the log as it will be, to refuse at once what cannot follow.
  private final LogShape accepted;

  // The writing thread.
  private final ForceTimes forceTimes = new ForceTimes();
  private final LogShape written;
  private final ByteBuffer buffer;
  private final Deque<LogRecovery.Segment> segments;
  private SegmentWriter segment;
  private SegmentFiles.@Nullable Prepared prepared;
  private boolean isWaitingForSegment;
  private boolean isFailed;

  /** How many records of the queue's first hand-over are written already. */
  private int writtenOfFirst;

  // The preparing thread.
  private boolean isOutOfSpace;

  /** A log that is ready, and what it held. */
  public record Opened(WriteAheadLog log, Recovered recovered) {}

  private WriteAheadLog(
      WalSettings settings,
      LogThreads threads,
      SegmentFiles files,
      LogStoreEvents events,
      LongSupplier salts,
      LogRecovery.Result found)
      throws IOException {
    this.settings = settings;
    this.buffer = ByteBuffer.allocateDirect(Math.min(BUFFER_BYTES_MAX, settings.segmentBytes()));
    this.threads = threads;
    this.files = files;
    this.events = events;
    this.salts = salts;
    this.accepted = found.shape();
    this.written = found.shape().copy();
    this.segments = new ArrayDeque<>(found.segments());
    SegmentFiles.Prepared first = files.prepare();
    if (found.tail() == null) {
      this.segment = begin(first, 1, 0);
      first = files.prepare();
    } else {
      this.segment =
          new SegmentWriter(
              found.tail().file(), segments.getLast().header(), found.tail().end(), buffer);
    }
    this.prepared = first;
  }

  /**
   * Opens the log of a data directory, or begins one, with threads of its own. Reads all of it, so
   * it takes a while. The directory stays the caller's, to be closed after the log.
   *
   * @param loaded what the entries are to go on from. If the log does not know of this snapshot
   *     yet, since a crash came between, it is told
   * @throws CorruptLogException if it is damaged, or does not reach back to the snapshot
   * @throws StorageException if the disk is full or does not work
   */
  public static Opened open(
      DataDirectory directory, SnapshotDirectory.Loaded loaded, LogStoreEvents events)
      throws StorageException {
    return open(
        directory,
        WalSettings.DEFAULT,
        new PlatformLogThreads(),
        new SecureRandom()::nextLong,
        new LogRecovery.Start(loaded.mark(), loaded.damage()),
        events);
  }

  /**
   * As above, with everything given, and going on from the log's own newest mark.
   *
   * @param threads closed with the log, also if it cannot be opened
   * @param salts random numbers
   */
  public static Opened open(
      DataDirectory directory,
      WalSettings settings,
      LogThreads threads,
      LongSupplier salts,
      LogStoreEvents events)
      throws StorageException {
    return open(directory, settings, threads, salts, null, events);
  }

  static Opened open(
      DataDirectory directory,
      WalSettings settings,
      LogThreads threads,
      LongSupplier salts,
      LogRecovery.@Nullable Start start,
      LogStoreEvents events)
      throws StorageException {
    SegmentFiles files =
        new SegmentFiles(directory.disk(), directory.wal(), settings.segmentBytes());
    LogRecovery.Result found = null;
    boolean isOpen = false;
    try {
      found = LogRecovery.recover(files, start);
      if (found.tail() == null && !directory.disk().list(directory.snapshots()).isEmpty()) {
        throw new CorruptLogException(
            directory.wal(), "there are snapshots but no log: its segments are missing");
      }
      WriteAheadLog opened = new WriteAheadLog(settings, threads, files, events, salts, found);
      logOpened(directory, found);
      isOpen = true;
      opened.catchUpWith(found.recovered().mark());
      return new Opened(opened, found.recovered());
    } catch (IOException e) {
      throw StorageException.cannot("open the log in " + directory.wal(), e);
    } finally {
      if (!isOpen) {
        threads.close();
        closeTail(found);
      }
    }
  }

  private void catchUpWith(SnapshotMark snapshot) {
    if (snapshot.index() > accepted.mark().index()) {
      snapshotMark(snapshot.index(), snapshot.term(), () -> {});
    }
  }

  private static void closeTail(LogRecovery.@Nullable Result found) {
    LogRecovery.Tail tail = found == null ? null : found.tail();
    if (tail != null) {
      try {
        tail.file().close();
      } catch (IOException e) {
        log.warn("closing the log failed", e);
      }
    }
  }

  private static void logOpened(DataDirectory directory, LogRecovery.Result found) {
    LogRecovery.Tail tail = found.tail();
    if (tail != null && tail.cutBytes() > 0) {
      log.warn(
          "torn tail cut: file={} offset={} bytes={}",
          found.segments().getLast().path(),
          tail.end(),
          tail.cutBytes());
    }
    log.info(
        "log opened: directory={} segments={} firstIndex={} lastIndex={} {}",
        directory.wal(),
        found.segments().size(),
        found.recovered().firstIndex(),
        found.recovered().lastIndex(),
        found.recovered().hardState());
  }

  @Override
  public void append(@Nullable HardState hard, List<Entry> entries, Runnable onDurable) {
    for (Entry entry : entries) {
      if (entry.payload().size() > settings.payloadBytesMax()) {
        throw new IllegalArgumentException(
            "entry %d has %d bytes; at most %d are possible"
                .formatted(entry.index(), entry.payload().size(), settings.payloadBytesMax()));
      }
    }
    enqueue(Handover.records(accepted.hardState(), hard, entries), onDurable);
  }

  @Override
  public void snapshotMark(long index, long term, Runnable onDurable) {
    SnapshotMark mark = new SnapshotMark(index, term);
    enqueue(Handover.records(mark, !accepted.isKeptBy(mark)), onDurable);
  }

  private void enqueue(List<LogRecord> records, Runnable onDurable) {
    long bytes = 0;
    for (LogRecord record : records) {
      accepted.accept(record);
      bytes += RecordFormat.bytes(record.payload().length);
    }
    enqueue(new Handover.Records(records, onDurable, bytes, threads.nanoTime()));
  }

  @Override
  public void release(long uptoIndex) {
    enqueue(new Handover.Release(uptoIndex, threads.nanoTime()));
  }

  private void enqueue(Handover handover) {
    if (isClosing) {
      throw new IllegalStateException("the log is closed");
    }
    backlogBytes.addAndGet(handover.bytes());
    queue.add(handover);
    if (isAwake.compareAndSet(false, true)) {
      threads.write(this::drain);
    }
  }

  /** How long the disk takes. Any thread may read it. */
  public ForceTimes forceTimes() {
    return forceTimes;
  }

  @Override
  public long backlogBytes() {
    return backlogBytes.get();
  }

  @Override
  public Duration backlogAge() {
    Handover oldest = queue.peek();
    return oldest == null
        ? Duration.ZERO
        : Duration.ofNanos(threads.nanoTime() - oldest.sinceNanos());
  }

  private void drain() {
    try {
      do {
        while (writeBatch()) {}
        if (isWaitingForSegment || isFailed) {
          return; // And awake: until the segment comes, or for good.
        }
        isAwake.set(false);
      } while (!queue.isEmpty() && isAwake.compareAndSet(false, true));
    } catch (IOException | RuntimeException e) {
      fail(e);
    }
  }

  /** Writes and flushes what is in the queue; returns whether anything was completed. */
  private boolean writeBatch() throws IOException {
    if (isFailed) {
      return false;
    }
    int complete = 0;
    long bytes = 0;
    for (Handover handover : queue) {
      if (bytes > settings.batchBytesMax() || !write(handover)) {
        break;
      }
      complete++;
      bytes += handover.bytes();
    }
    force(segment);
    for (int i = 0; i < complete; i++) {
      complete(queue.remove());
    }
    return complete > 0;
  }

  private void force(SegmentWriter writer) throws IOException {
    if (writer.write()) {
      long since = threads.nanoTime();
      writer.force();
      forceTimes.add(threads.nanoTime() - since);
    }
  }

  /** Returns false if a segment is missing to write all of it. */
  private boolean write(Handover handover) throws IOException {
    return switch (handover) {
      case Handover.Release _ -> true;
      case Handover.Records(List<LogRecord> records, _, _, _) -> {
        while (writtenOfFirst < records.size()) {
          LogRecord record = records.get(writtenOfFirst);
          if (!segment.hasRoomFor(record) && !roll()) {
            isWaitingForSegment = true;
            yield false;
          }
          segment.append(record);
          written.accept(record);
          writtenOfFirst++;
        }
        writtenOfFirst = 0;
        yield true;
      }
    };
  }

  private boolean roll() throws IOException {
    SegmentFiles.Prepared next = prepared;
    if (next == null) {
      return false;
    }
    SegmentWriter full = segment;
    force(full); // Before there is a next one: an older segment is never torn.
    prepared = null;
    segment = begin(next, full.header().sequence() + 1, full.end());
    full.seal(); // Once there is a next one, before anything in it is acknowledged.
    full.close();
    threads.prepare(this::prepareNext, Duration.ZERO);
    return true;
  }

  private SegmentWriter begin(SegmentFiles.Prepared next, long sequence, long previousEnd)
      throws IOException {
    SegmentHeader header =
        new SegmentHeader(
            next.capacity(),
            sequence,
            salts.getAsLong(),
            previousEnd,
            written.lastIndex(),
            written.lastTerm(),
            written.hardState(),
            written.mark());
    segments.add(new LogRecovery.Segment(files.activate(next, header), header));
    return new SegmentWriter(next.file(), header, SegmentHeader.BYTES, buffer);
  }

  private void prepareNext() {
    if (isClosing) {
      return;
    }
    try {
      SegmentFiles.Prepared next = files.prepare();
      if (isOutOfSpace) {
        isOutOfSpace = false;
        events.spaceRegained();
      }
      threads.write(() -> proceedWith(next));
    } catch (IOException e) {
      String reason = StorageException.cannot("make room for the log", e).getMessage();
      if (!isOutOfSpace) {
        isOutOfSpace = true;
        events.spaceExhausted(String.valueOf(reason));
      }
      threads.prepare(this::prepareNext, settings.retryDelay());
    } catch (RuntimeException e) {
      threads.write(() -> fail(e));
    }
  }

  private void proceedWith(SegmentFiles.Prepared next) {
    prepared = next;
    if (isWaitingForSegment) {
      isWaitingForSegment = false;
      drain();
    }
  }

  private void complete(Handover handover) {
    backlogBytes.addAndGet(-handover.bytes());
    switch (handover) {
      case Handover.Records(_, Runnable onDurable, _, _) -> onDurable.run();
      case Handover.Release(long uptoIndex, _) -> releaseSegments(uptoIndex);
    }
  }

  /** A segment may go if the one after it begins within what is released. */
  private void releaseSegments(long uptoIndex) {
    long upto = Math.min(uptoIndex, written.mark().index());
    List<LogRecovery.Segment> released = new ArrayList<>();
    while (segments.size() > 1) {
      LogRecovery.Segment oldest = segments.removeFirst();
      if (segments.getFirst().header().lastIndex() > upto) {
        segments.addFirst(oldest);
        break;
      }
      released.add(oldest);
    }
    if (!released.isEmpty()) {
      threads.prepare(() -> delete(released), Duration.ZERO);
    }
  }

  private void delete(List<LogRecovery.Segment> released) {
    try {
      for (LogRecovery.Segment old : released) {
        files.delete(old.path());
      }
    } catch (IOException | RuntimeException e) {
      threads.write(() -> fail(e));
    }
  }

  private void fail(Exception cause) {
    if (!isFailed) {
      isFailed = true;
      events.failed(cause);
    }
  }

  @Override
  public void close() {
    isClosing = true;
    threads.close();
    // Both threads have ended: their fields are ours.
    try {
      segment.close();
      SegmentFiles.Prepared unused = prepared;
      if (unused != null) {
        unused.file().close();
      }
    } catch (IOException e) {
      log.warn("closing the log failed; all that was acknowledged is durable", e);
    }
  }
}
