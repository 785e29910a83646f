package dev.remora.server.storage;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.remora.server.raft.Entry;
import dev.remora.server.raft.HardState;
import dev.remora.server.raft.Payload;
import dev.remora.server.replica.Recovered;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** A log on a simulated disk, with the model of what it must hold. */
final class SimulatedLog {
  static final WalSettings SMALL = new WalSettings(4096, 2048, 16_384, Duration.ofSeconds(1));
  static final Path DATA = Path.of("/data");
  static final Path WAL = DATA.resolve("member").resolve("wal");

  static {
    // A torn tail is worth a line, but not thousands of them.
    ((Logger) LoggerFactory.getLogger(WriteAheadLog.class)).setLevel(Level.ERROR);
  }

  private final LogModel model = new LogModel();
  private final ManualLogThreads threads = new ManualLogThreads();
  private final RecordedEvents events = new RecordedEvents();
  private final WriteAheadLog log;
  private int acknowledgedState;
  private int acknowledgements;

  /** Begins a log. */
  SimulatedLog(SimDisk disk) throws StorageException {
    log = open(disk, threads, events).log();
  }

  /** Opens what is there, with nothing running. */
  static WriteAheadLog.Opened open(SimDisk disk, ManualLogThreads threads, RecordedEvents events)
      throws StorageException {
    Random salts = new Random(disk.operations());
    return WriteAheadLog.open(
        DataDirectory.open(disk, DATA), SMALL, threads, salts::nextLong, events);
  }

  /** What a new process finds. */
  static Recovered recover(SimDisk disk) throws StorageException {
    return open(disk, new ManualLogThreads(), new RecordedEvents()).recovered();
  }

  static List<Path> segments(SimDisk disk) throws Exception {
    return disk.list(WAL).stream()
        .filter(name -> name.endsWith(".rwal"))
        .map(WAL::resolve)
        .toList();
  }

  /** Entries of one term, with payloads that tell them apart and hold no zeros. */
  static List<Entry> entries(long term, long from, int... sizes) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      byte[] bytes = new byte[sizes[i]];
      Arrays.fill(bytes, (byte) (1 + (term * 31 + from + i) % 120));
      entries.add(new Entry(term, from + i, Payload.of(bytes)));
    }
    return entries;
  }

  void append(@Nullable HardState hard, List<Entry> entries) {
    model.append(hard, entries);
    log.append(hard, entries, acknowledge());
  }

  void snapshotMark(long index, long term) {
    model.snapshotMark(index, term);
    log.snapshotMark(index, term, acknowledge());
  }

  private Runnable acknowledge() {
    int state = model.states().size() - 1;
    return () -> {
      acknowledgements++;
      acknowledgedState = state;
    };
  }

  void run() {
    threads.run();
  }

  WriteAheadLog log() {
    return log;
  }

  ManualLogThreads threads() {
    return threads;
  }

  RecordedEvents events() {
    return events;
  }

  int acknowledgements() {
    return acknowledgements;
  }

  /** The state as of the last acknowledgement. */
  Recovered acknowledged() {
    return model.states().get(acknowledgedState);
  }

  /** All that a crash may leave: the acknowledged state and those after it. */
  List<Recovered> allowed() {
    return model.states().subList(acknowledgedState, model.states().size());
  }

  /** A life with everything in it: batches, rolls, a cancelled suffix, marks, releases. */
  void live() {
    append(new HardState(1, 1, 0), entries(1, 1, 10));
    run();
    append(new HardState(1, 1, 1), entries(1, 2, 100, 600, 0));
    append(null, entries(1, 5, 300, 300));
    append(new HardState(1, 1, 4), List.of());
    run();
    append(null, entries(1, 7, 1500, 700));
    append(null, entries(1, 9, 1300, 200));
    run();
    append(new HardState(2, 3, 6), entries(2, 8, 512, 40)); // Cancels 8 to 10.
    run();
    append(new HardState(2, 3, 9), entries(2, 10, 900));
    snapshotMark(7, 1);
    log.release(7);
    run();
    append(null, entries(2, 11, 1000, 1000, 1000));
    run();
    append(new HardState(3, 0, 9), List.of());
    append(null, entries(3, 12, 60, 60, 60));
    run();
    snapshotMark(100, 4); // From a leader that is far ahead: the log is dropped.
    append(new HardState(4, 2, 100), entries(4, 101, 400, 400));
    run();
    log.release(100);
    append(new HardState(4, 2, 102), entries(4, 103, 2000, 1200, 30));
    append(new HardState(4, 2, 104), List.of());
    run();
    append(null, entries(4, 106, 8, 16, 24, 32));
    run();
  }
}
