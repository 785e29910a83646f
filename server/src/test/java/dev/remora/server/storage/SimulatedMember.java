package dev.remora.server.storage;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.remora.server.apply.Applier;
import dev.remora.server.apply.Command;
import dev.remora.server.apply.CommandCodec;
import dev.remora.server.apply.State;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.Keyspace;
import dev.remora.server.raft.Entry;
import dev.remora.server.raft.HardState;
import dev.remora.server.raft.Payload;
import dev.remora.server.replica.Recovered;
import dev.remora.server.replica.SnapshotMark;
import dev.remora.server.replica.SnapshotStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/**
 * A member without its loop, on a simulated disk: entries, a snapshot now and then, the log cut
 * behind it. Entry {@code i} always holds the same command, so what a state must be follows from
 * its index.
 */
final class SimulatedMember {
  static final Path SNAP = SimulatedLog.DATA.resolve("member").resolve("snap");
  private static final WalSettings SMALL = SimulatedLog.SMALL;

  static {
    ((Logger) LoggerFactory.getLogger(WriteAheadLog.class)).setLevel(Level.ERROR);
    ((Logger) LoggerFactory.getLogger(SnapshotDirectory.class)).setLevel(Level.ERROR);
  }

  private final ManualLogThreads threads = new ManualLogThreads();
  private final Snapshots snapshots;
  private final WriteAheadLog log;
  private final Recovered recovered;
  private Applier applier;
  private long acknowledged;
  private long lastIndex;

  /** Starts on what the disk holds. */
  SimulatedMember(SimDisk disk) throws StorageException {
    DataDirectory directory = DataDirectory.open(disk, SimulatedLog.DATA);
    SnapshotDirectory.Opened found = SnapshotDirectory.open(directory, new SameThread());
    snapshots = new Snapshots(found.snapshots());
    Random salts = new Random(disk.operations());
    WriteAheadLog.Opened opened =
        WriteAheadLog.open(
            directory,
            SMALL,
            threads,
            salts::nextLong,
            new LogRecovery.Start(found.loaded().mark(), found.loaded().damage()),
            new RecordedEvents());
    log = opened.log();
    recovered = opened.recovered();
    applier = new Applier(found.loaded().state());
    recovered.entries().forEach(entry -> apply(applier, entry));
    lastIndex = recovered.lastIndex();
    if (recovered.hardState().equals(HardState.INITIAL)) {
      log.append(new HardState(1, 1, 0), List.of(), () -> {});
    }
  }

  Recovered recovered() {
    return recovered;
  }

  State state() {
    return applier.freeze();
  }

  /** The last entry whose durability was reported. */
  long acknowledged() {
    return acknowledged;
  }

  /** Appends so many entries and lets the log work. */
  void append(int count) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      entries.add(entry(++lastIndex));
    }
    log.append(
        null,
        entries,
        () -> {
          entries.forEach(entry -> apply(applier, entry));
          acknowledged = lastIndex;
        });
    threads.run();
  }

  /** What the replica does when a snapshot is due. */
  void snapshot(long entriesKept) {
    for (SnapshotMark mark : SnapshotDirectoryTest.marks(snapshots.save(applier.freeze()))) {
      log.snapshotMark(mark.index(), mark.term(), () -> {});
      log.release(mark.index() - entriesKept);
    }
    threads.run();
  }

  /** What the replica does with a snapshot that the leader has sent. */
  void install(long index) {
    for (SnapshotMark mark : SnapshotDirectoryTest.marks(snapshots.save(state(index)))) {
      applier = new Applier(state(index));
      lastIndex = index;
      log.snapshotMark(index, mark.term(), () -> acknowledged = index);
      log.append(new HardState(1, 1, index), List.of(), () -> {});
      log.release(index);
    }
    threads.run();
  }

  /** A life with rolled segments and released ones, and one long absence. */
  void live() {
    for (int round = 0; round < 6; round++) {
      append(4);
      append(9);
      snapshot(5);
      append(3);
      if (round == 3) {
        install(lastIndex + 40);
      }
    }
  }

  /** The state after so many entries. */
  static State state(long index) {
    Applier applier = new Applier(State.EMPTY);
    for (long i = 1; i <= index; i++) {
      apply(applier, entry(i));
    }
    return applier.freeze();
  }

  /** What a state holds, history included. */
  static List<Object> lines(State state) {
    Keyspace keyspace = state.keyspace();
    List<Object> lines = new ArrayList<>(List.of(state.index(), state.term(), state.revision()));
    keyspace.newest().forEach(lines::add);
    for (long at = keyspace.history().first(); at < keyspace.history().end(); at++) {
      lines.add(keyspace.history().at(at));
    }
    return lines;
  }

  private static Entry entry(long index) {
    Bytes key = Bytes.utf8("/key/" + index % 7);
    Bytes value = Bytes.utf8(("value " + index + " ").repeat(12));
    Command command = new Command.Put(key, value, 0, false, false, false);
    CommandCodec.Origin origin = new CommandCodec.Origin(1, 2, index);
    return new Entry(1, index, Payload.of(CommandCodec.encode(origin, command)));
  }

  private static void apply(Applier applier, Entry entry) {
    applier.apply(
        entry.index(), entry.term(), CommandCodec.decode(entry.payload().array()).command());
  }

  /** The snapshots of a directory, written at once. */
  record Snapshots(SnapshotDirectory directory) {
    List<SnapshotStore.Result> save(long... indexes) {
      List<SnapshotStore.Result> results = new ArrayList<>();
      for (long index : indexes) {
        results.addAll(save(state(index)));
      }
      return results;
    }

    List<SnapshotStore.Result> save(State state) {
      List<SnapshotStore.Result> results = new ArrayList<>();
      directory.save(state, results::add);
      return results;
    }
  }

  static Snapshots openSnapshots(SimDisk disk) throws StorageException {
    DataDirectory directory = DataDirectory.open(disk, SimulatedLog.DATA);
    return new Snapshots(SnapshotDirectory.open(directory, new SameThread()).snapshots());
  }

  /** What a new process finds. */
  static SnapshotDirectory.Loaded load(SimDisk disk) throws StorageException {
    disk.restartProcess();
    DataDirectory directory = DataDirectory.open(disk, SimulatedLog.DATA);
    return SnapshotDirectory.open(directory, new SameThread()).loaded();
  }

  static List<Path> snapshots(SimDisk disk) throws Exception {
    return disk.list(SNAP).stream().map(SNAP::resolve).toList();
  }

  /** The snapshot thread is the test's own. */
  private static final class SameThread extends AbstractExecutorService {
    @Override
    public void execute(Runnable task) {
      task.run();
    }

    @Override
    public void shutdown() {}

    @Override
    public List<Runnable> shutdownNow() {
      return List.of();
    }

    @Override
    public boolean isShutdown() {
      return true;
    }

    @Override
    public boolean isTerminated() {
      return true;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return true;
    }
  }
}
