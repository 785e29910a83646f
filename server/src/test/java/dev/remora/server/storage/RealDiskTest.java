package dev.remora.server.storage;

import static dev.remora.server.storage.SimulatedLog.entries;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.remora.server.raft.Entry;
import dev.remora.server.raft.HardState;
import dev.remora.server.raft.Payload;
import dev.remora.server.replica.Recovered;
import dev.remora.server.replica.SnapshotMark;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log with its own threads on the disk of this machine. */
final class RealDiskTest {
  private static final WalSettings SETTINGS =
      new WalSettings(1 << 20, 512 << 10, 256 << 10, Duration.ofMillis(10));

  @TempDir private Path temp = Path.of("");

  private final CountingDisk disk = new CountingDisk(new RealDisk());
  private final RecordedEvents events = new RecordedEvents();

  @Test
  void whatWasWrittenOverManySegmentsIsFoundAgain() throws Exception {
    List<Entry> written = new ArrayList<>();
    List<Integer> acknowledged = new ArrayList<>();
    Path data = temp.resolve("missing").resolve("data");
    try (DataDirectory directory = DataDirectory.open(disk, data);
        WriteAheadLog log = open(directory).log()) {
      for (int i = 1; i <= 400; i++) {
        List<Entry> one = entries(1, i, i % 50 == 0 ? 300_000 : i * 20);
        written.addAll(one);
        int number = i;
        HardState hard = i == 1 ? new HardState(1, 7, 0) : null;
        log.append(hard, one, () -> acknowledged.add(number));
      }
      await().until(() -> log.backlogBytes() == 0);
    }

    assertThat(acknowledged).hasSize(400).isSorted();
    try (DataDirectory directory = DataDirectory.open(disk, data)) {
      WriteAheadLog.Opened opened = open(directory);
      opened.log().close();
      assertThat(opened.recovered())
          .isEqualTo(new Recovered(new HardState(1, 7, 0), SnapshotMark.NONE, written));
    }
    assertThat(events.all()).isEmpty();
  }

  @Test
  void appendsOfManyTurnsShareFlushes() throws Exception {
    try (DataDirectory directory = DataDirectory.open(disk, temp);
        WriteAheadLog log = open(directory).log()) {
      int before = disk.forces();
      AtomicInteger acknowledged = new AtomicInteger();
      for (int i = 1; i <= 2000; i++) {
        HardState hard = i == 1 ? new HardState(1, 7, 0) : null;
        log.append(hard, entries(1, i, 50), acknowledged::incrementAndGet);
      }
      await().untilAtomic(acknowledged, org.hamcrest.Matchers.is(2000));

      assertThat(disk.forces() - before).isLessThan(1000);
    }
  }

  @Test
  void directoriesAndFilesAreForTheirOwnerOnly() throws Exception {
    Path data = temp.resolve("data");
    Files.createDirectory(data);
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-xr-x"));

    try (DataDirectory directory = DataDirectory.open(disk, data);
        WriteAheadLog log = open(directory).log();
        Stream<Path> files = Files.walk(data)) {
      assertThat(log.backlogBytes()).isZero();
      for (Path file : files.toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .as(file.toString())
            .isEqualTo(Files.isDirectory(file) ? "rwx------" : "rw-------");
      }
    }
  }

  @Test
  void aSecondOpenerOfTheDirectoryIsRefusedUntilTheFirstIsGone() throws Exception {
    try (DataDirectory directory = DataDirectory.open(disk, temp)) {
      assertThat(directory.wal()).exists();
      assertThatThrownBy(() -> DataDirectory.open(disk, temp))
          .isInstanceOf(StorageException.class)
          .hasMessage(
              "data directory "
                  + temp
                  + " is in use by another process: stop that one, or choose another --data-dir");
    }

    DataDirectory.open(disk, temp).close();
  }

  @Test
  void aDirectoryThatIsAFileIsOneClearLine() throws Exception {
    Path file = Files.createFile(temp.resolve("file"));

    assertThatThrownBy(() -> DataDirectory.open(disk, file))
        .isInstanceOf(StorageException.class)
        .hasMessageStartingWith("cannot use data directory " + file + ": ")
        .message()
        .doesNotContain("\n");
  }

  @Test
  void aSymbolicLinkInThePlaceOfASegmentIsNotFollowed() throws Exception {
    Path target = temp.resolve("elsewhere");
    try (DataDirectory directory = DataDirectory.open(disk, temp)) {
      open(directory).log().close();
      Path segment = directory.wal().resolve("0000000000000001-0000000000000001.rwal");
      Files.move(segment, target);
      Files.createSymbolicLink(segment, target);

      assertThatThrownBy(() -> open(directory)).isInstanceOf(StorageException.class);
    }
  }

  @Test
  void aPayloadShowsItsSizeOnly() {
    assertThat(Payload.of("secret".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
        .hasToString("Payload[6 bytes]");
  }

  private WriteAheadLog.Opened open(DataDirectory directory) throws StorageException {
    return WriteAheadLog.open(directory, SETTINGS, new PlatformLogThreads(), () -> 4711, events);
  }
}
