package dev.remora.server.storage;

import dev.remora.server.apply.Applier;
import dev.remora.server.apply.Command;
import dev.remora.server.apply.CommandCodec;
import dev.remora.server.apply.State;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.raft.Entry;
import dev.remora.server.raft.HardState;
import dev.remora.server.raft.Payload;
import dev.remora.server.replica.Recovered;
import dev.remora.server.replica.SnapshotStore;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * Fills a data directory with a snapshot and a log behind it, then starts from it. Arguments: an
 * empty directory, keys in the snapshot, entries after it; with no keys it only starts from what an
 * earlier run has left.
 */
final class SnapshotBenchmark {
  private static final int VALUE_BYTES = 100;
  private static final int BATCH = 1_000;

  private final Random random = new Random(1);
  private final Applier applier = new Applier(State.EMPTY);
  private long index;

  private SnapshotBenchmark() {}

  /** Prints how long freezing, writing and starting take, and the live heap after the start. */
  public static void main(String[] arguments) throws Exception {
    Path path = Path.of(arguments[0]);
    int keys = Integer.parseInt(arguments[1]);
    int entries = Integer.parseInt(arguments[2]);
    if (keys > 0) {
      new SnapshotBenchmark().fill(path, keys, entries);
    }
    start(path);
  }

  private void fill(Path path, int keys, int entries) throws Exception {
    try (DataDirectory directory = DataDirectory.open(new RealDisk(), path);
        SnapshotDirectory snapshots = SnapshotDirectory.open(directory).snapshots();
        WriteAheadLog log =
            WriteAheadLog.open(
                    directory, new SnapshotDirectory.Loaded(State.EMPTY, ""), new RecordedEvents())
                .log()) {
      log.append(new HardState(1, 1, 0), List.of(), () -> {});
      append(log, keys, keys);
      long start = System.nanoTime();
      State frozen = applier.freeze();
      long freezeNanos = System.nanoTime() - start;
      CompletableFuture<SnapshotStore.Result> saved = new CompletableFuture<>();
      start = System.nanoTime();
      snapshots.save(frozen, saved::complete);
      SnapshotStore.Result result = saved.join();
      System.out.printf(
          "freeze: %d us; written: %s in %d ms%n", freezeNanos / 1000, result, millisSince(start));
      CompletableFuture<Void> marked = new CompletableFuture<>();
      log.snapshotMark(frozen.index(), frozen.term(), () -> marked.complete(null));
      marked.join();
      append(log, entries, keys);
    }
  }

  /** Writes keys in an order that is not theirs. */
  private void append(WriteAheadLog log, int count, int keys) {
    for (int done = 0; done < count; done += BATCH) {
      List<Entry> batch = new ArrayList<>();
      for (int i = 0; i < Math.min(BATCH, count - done); i++) {
        batch.add(put(Math.floorMod(index * 7_919L, (long) keys)));
      }
      CompletableFuture<Void> durable = new CompletableFuture<>();
      log.append(null, batch, () -> durable.complete(null));
      durable.join();
    }
  }

  private Entry put(long key) {
    byte[] value = new byte[VALUE_BYTES];
    random.nextBytes(value);
    index++;
    Command command =
        new Command.Put(
            Bytes.utf8("/bench/key-%09d".formatted(key)),
            Bytes.wrap(value),
            0,
            false,
            false,
            false);
    applier.apply(index, 1, command);
    CommandCodec.Origin origin = new CommandCodec.Origin(1, 2, index);
    return new Entry(1, index, Payload.of(CommandCodec.encode(origin, command)));
  }

  private static void start(Path path) throws Exception {
    long start = System.nanoTime();
    try (DataDirectory directory = DataDirectory.open(new RealDisk(), path)) {
      SnapshotDirectory.Opened snapshots = SnapshotDirectory.open(directory);
      long loadMillis = millisSince(start);
      State loaded = snapshots.loaded().state();
      WriteAheadLog.Opened opened =
          WriteAheadLog.open(directory, snapshots.loaded(), new RecordedEvents());
      Recovered recovered = opened.recovered();
      long openMillis = millisSince(start) - loadMillis;
      Applier applier = new Applier(loaded);
      for (Entry entry : recovered.entries()) {
        Command command = CommandCodec.decode(entry.payload().array()).command();
        applier.apply(entry.index(), entry.term(), command);
      }
      System.out.printf(
          "started in %d ms, %d ms of them on the processor: snapshot %d keys %d ms, log %d ms,"
              + " replay of %d entries%n",
          millisSince(start),
          ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() / 1_000_000,
          loaded.keyspace().newest().sizeLive(),
          loadMillis,
          openMillis,
          recovered.entries().size());
      opened.log().close();
      snapshots.snapshots().close();
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      System.out.printf(
          "live heap: %d MB, with %d keys%n",
          (runtime.totalMemory() - runtime.freeMemory()) >> 20,
          applier.freeze().keyspace().newest().sizeLive());
    }
  }

  private static long millisSince(long startNanos) {
    return (System.nanoTime() - startNanos) / 1_000_000;
  }
}
