package dev.remora.server.storage;

import dev.remora.server.replica.LogStoreEvents;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.function.LongSupplier;

/**
 * A member's snapshots and its log, opened as a server does, on threads of the test's own.
 *
 * @param snapshots with what there was
 * @param log going on from there
 */
public record SimStorage(SnapshotDirectory.Opened snapshots, WriteAheadLog.Opened log) {
  private static final Path DATA = Path.of("/data");

  /** Opens both. */
  public static SimStorage open(
      Disk disk,
      WalSettings settings,
      LogThreads threads,
      ExecutorService snapshotThread,
      LongSupplier salts,
      LogStoreEvents events)
      throws StorageException {
    DataDirectory directory = DataDirectory.open(disk, DATA);
    SnapshotDirectory.Opened snapshots = SnapshotDirectory.open(directory, snapshotThread);
    LogRecovery.Start start =
        new LogRecovery.Start(snapshots.loaded().mark(), snapshots.loaded().damage());
    WriteAheadLog.Opened log =
        WriteAheadLog.open(directory, settings, threads, salts, start, events);
    return new SimStorage(snapshots, log);
  }
}
