package dev.remora.server.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.server.apply.State;
import dev.remora.server.replica.SnapshotMark;
import dev.remora.server.replica.SnapshotStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Snapshots on a simulated disk: which are kept, which are believed, what trouble does. */
final class SnapshotDirectoryTest {
  private final SimDisk disk = new SimDisk(new Random(1));

  @Test
  void theNewestSnapshotIsFoundAgain() throws Exception {
    List<SnapshotStore.Result> results = save(10, 20);

    SnapshotDirectory.Loaded loaded = SimulatedMember.load(disk);

    assertThat(results).hasSize(2).allMatch(SnapshotStore.Result.Saved.class::isInstance);
    assertThat(loaded.damage()).isEmpty();
    assertThat(SimulatedMember.lines(loaded.state()))
        .isEqualTo(SimulatedMember.lines(SimulatedMember.state(20)));
  }

  @Test
  void theNewestTwoAreKept() throws Exception {
    save(10, 20, 30, 40);

    assertThat(SimulatedMember.snapshots(disk)).containsExactly(path(30), path(40));
  }

  @Test
  void aChangeOfAnyByteIsDetected() throws Exception {
    save(3);
    byte[] whole = disk.bytes(path(3));

    for (int at = 0; at < whole.length; at++) {
      for (int bit : new int[] {1, 0x80}) {
        byte[] changed = whole.clone();
        changed[at] ^= (byte) bit;
        disk.plant(path(3), changed);

        SnapshotDirectory.Loaded loaded = SimulatedMember.load(disk);

        assertThat(loaded.state()).as("byte %d", at).isSameAs(State.EMPTY);
        assertThat(loaded.damage())
            .as("byte %d", at)
            .contains("-0000000000000001.rsnap is damaged");
      }
    }
  }

  @Test
  void aFileThatEndsEarlyOrLateIsDetected() throws Exception {
    save(3);
    byte[] whole = disk.bytes(path(3));

    for (int length = 0; length <= whole.length + 9; length++) {
      disk.plant(path(3), Arrays.copyOf(whole, length));

      State found = SimulatedMember.load(disk).state();

      assertThat(found.index()).as("%d bytes", length).isEqualTo(length == whole.length ? 3 : 0);
    }
  }

  @Test
  void aSnapshotUnderAnothersNameIsNotBelieved() throws Exception {
    save(3);
    disk.plant(path(4), disk.bytes(path(3)));

    SnapshotDirectory.Loaded loaded = SimulatedMember.load(disk);

    assertThat(loaded.state().index()).isEqualTo(3);
    assertThat(loaded.damage()).contains("it is the one of SnapshotMark[index=3, term=1]");
  }

  @Test
  void theOneBeforeIsTakenIfTheNewestIsDamagedAndItIsKeptUntilThereAreTwoGoodOnes()
      throws Exception {
    save(10, 20);
    disk.damage(path(20), 100, (byte) 0x55, (byte) 0xaa);

    SnapshotDirectory.Loaded loaded = SimulatedMember.load(disk);
    save(30);

    assertThat(loaded.state().index()).isEqualTo(10);
    assertThat(loaded.damage()).contains("0014-0000000000000001.rsnap is damaged: at byte 64");
    assertThat(SimulatedMember.snapshots(disk)).containsExactly(path(10), path(30));
  }

  @Test
  void aSnapshotOfANewerServerStopsTheStart() throws Exception {
    save(10, 20);
    disk.plant(path(20), ofFormat(disk.bytes(path(20)), 2));

    assertThatThrownBy(() -> SimulatedMember.load(disk))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("has format 2")
        .hasMessageContaining("start a newer server");
  }

  @Test
  void whatACrashLeftHalfWrittenIsRemoved() throws Exception {
    save(10);
    disk.plant(SimulatedMember.SNAP.resolve("next.tmp"), new byte[700]);

    State found = SimulatedMember.load(disk).state();

    assertThat(found.index()).isEqualTo(10);
    assertThat(disk.list(SimulatedMember.SNAP)).hasSize(1);
  }

  @Test
  void aFullDiskFailsTheSnapshotAndNothingElse() throws Exception {
    save(10);
    disk.limit(disk.bytes(path(10)).length + 50);
    List<SnapshotStore.Result> results = save(20);
    disk.limit(Long.MAX_VALUE);
    List<SnapshotStore.Result> later = save(30);

    assertThat(results).hasSize(1);
    assertThat(((SnapshotStore.Result.Failed) results.getFirst()).reason())
        .contains("cannot write a snapshot into /data/member/snap: the disk is full");
    assertThat(later).allMatch(SnapshotStore.Result.Saved.class::isInstance);
    assertThat(disk.list(SimulatedMember.SNAP)).hasSize(2);
  }

  /** Each operation of writing a snapshot fails once; the next attempt does it. */
  @Test
  void afterAnyFailureTheNextAttemptSucceeds() throws Exception {
    int failing = 0;
    for (boolean hasFailed = true; hasFailed; failing++) {
      SimDisk failed = new SimDisk(new Random(failing));
      SimulatedMember.Snapshots snapshots = SimulatedMember.openSnapshots(failed);
      snapshots.save(10);
      int countdown = failing;
      int[] operations = {0};
      failed.inject((_, path) ->
          path.startsWith(SimulatedMember.SNAP) && operations[0]++ == countdown
              ? new IOException("Input/output error")
              : null);
      List<SnapshotStore.Result> results = snapshots.save(20);
      hasFailed = operations[0] > countdown;
      failed.inject((_, _) -> null);

      List<SnapshotStore.Result> later = snapshots.save(20, 30);

      assertThat(results).as("operation %d", failing).hasSize(1);
      assertThat(later)
          .as("operation %d", failing)
          .allMatch(SnapshotStore.Result.Saved.class::isInstance);
      failed.losePower();
      assertThat(SimulatedMember.load(failed).state().index())
          .as("operation %d", failing)
          .isEqualTo(30);
    }
    assertThat(failing).as("operations that failed").isGreaterThan(8);
  }

  private List<SnapshotStore.Result> save(long... indexes) throws Exception {
    disk.restartProcess();
    return SimulatedMember.openSnapshots(disk).save(indexes);
  }

  private static Path path(long index) {
    return SimulatedMember.SNAP.resolve("%016x-%016x.rsnap".formatted(index, 1));
  }

  /** The same file with another format byte, and the header's checksum made good. */
  private static byte[] ofFormat(byte[] file, int format) {
    byte[] changed = file.clone();
    changed[8] = (byte) format;
    java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
    crc.update(changed, 0, 12);
    crc.update(changed, 16, SnapshotHeader.BYTES - 16);
    java.nio.ByteBuffer.wrap(changed).putInt(12, (int) crc.getValue());
    return changed;
  }

  static List<SnapshotMark> marks(List<SnapshotStore.Result> results) {
    List<SnapshotMark> marks = new ArrayList<>();
    for (SnapshotStore.Result result : results) {
      if (result instanceof SnapshotStore.Result.Saved(SnapshotMark mark, _)) {
        marks.add(mark);
      }
    }
    return marks;
  }
}
