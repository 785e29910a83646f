package dev.remora.server.storage;

import dev.remora.server.raft.Entry;
import dev.remora.server.raft.HardState;
import dev.remora.server.raft.Payload;
import dev.remora.server.replica.Recovered;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Appends to a real log and reads it back. Arguments: an empty directory (it is filled), the number
 * of appends, their size in bytes, how many may be outstanding.
 */
final class WalBenchmark {
  private WalBenchmark() {}

  /** Prints latency, throughput and flushes, then the time to open the log again. */
  public static void main(String[] arguments) throws Exception {
    Path path = Path.of(arguments[0]);
    int count = Integer.parseInt(arguments[1]);
    int bytes = Integer.parseInt(arguments[2]);
    int outstanding = Integer.parseInt(arguments[3]);
    CountingDisk disk = new CountingDisk(new RealDisk());
    try (DataDirectory directory = DataDirectory.open(disk, path);
        WriteAheadLog log = open(directory).log()) {
      write(log, disk, count, bytes, outstanding);
    }
    long start = System.nanoTime();
    try (DataDirectory directory = DataDirectory.open(disk, path)) {
      WriteAheadLog.Opened opened = open(directory);
      Recovered recovered = opened.recovered();
      System.out.printf(
          "opened again: %d entries in %d ms%n", recovered.entries().size(), millisSince(start));
      opened.log().close();
    }
  }

  private static void write(
      WriteAheadLog log, CountingDisk disk, int count, int bytes, int outstanding)
      throws InterruptedException {
    Payload payload = Payload.of(new byte[bytes]);
    long[] nanos = new long[count];
    Semaphore window = new Semaphore(outstanding);
    log.append(new HardState(1, 1, 0), List.of(), () -> {});
    int forces = disk.forces();
    long start = System.nanoTime();
    for (int i = 0; i < count; i++) {
      window.acquire();
      int number = i;
      long handedOver = System.nanoTime();
      log.append(
          null,
          List.of(new Entry(1, i + 1, payload)),
          () -> {
            nanos[number] = System.nanoTime() - handedOver;
            window.release();
          });
    }
    window.acquire(outstanding);
    long millis = Math.max(1, millisSince(start));
    Arrays.sort(nanos);
    System.out.printf(
        "%d appends of %d bytes, %d outstanding: p50 %d us, p99 %d us, %d/s, %d flushes%n",
        count,
        bytes,
        outstanding,
        nanos[count / 2] / 1000,
        nanos[(int) (count * 0.99)] / 1000,
        count * 1000L / millis,
        disk.forces() - forces);
  }

  private static WriteAheadLog.Opened open(DataDirectory directory) throws StorageException {
    return WriteAheadLog.open(
        directory,
        WalSettings.DEFAULT,
        new PlatformLogThreads(),
        new SecureRandom()::nextLong,
        new RecordedEvents());
  }

  private static long millisSince(long start) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
  }
}
