package dev.remora.server.storage;

import static dev.remora.server.storage.SimulatedLog.WAL;
import static dev.remora.server.storage.SimulatedLog.entries;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.server.raft.HardState;
import dev.remora.server.replica.Recovered;
import dev.remora.server.replica.SnapshotMark;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A log that was changed behind our back: refused, unless a crash could have left it so. */
final class DamageTest {
  private final SimDisk disk = new SimDisk(new Random(1));
  private Recovered whole = new Recovered(HardState.INITIAL, SnapshotMark.NONE, List.of());
  private Recovered withoutLastRecord = whole;
  private List<Path> segments = List.of();

  /** Three segments; in the last, batches of one record, of three, and again of one. */
  @BeforeEach
  void live() throws Exception {
    SimulatedLog log = new SimulatedLog(disk);
    log.append(new HardState(1, 1, 0), entries(1, 1, 1000, 1000));
    log.run();
    log.append(null, entries(1, 3, 1000, 1000));
    log.run();
    log.append(new HardState(2, 2, 4), entries(2, 5, 2000, 1000));
    log.run();
    log.append(null, entries(2, 7, 50));
    log.run();
    log.append(null, entries(2, 8, 100, 700, 100));
    log.run();
    withoutLastRecord = log.acknowledged();
    log.append(null, entries(2, 11, 90));
    log.run();
    whole = log.acknowledged();
    segments = SimulatedLog.segments(disk);
    assertThat(segments).hasSize(3);
  }

  @Test
  void aChangedByteAnywhereIsRefusedOrTakenForATornLastRecord() throws Exception {
    int refused = 0;
    int cut = 0;
    Random random = new Random(7);
    for (Path segment : segments) {
      byte[] bytes = disk.bytes(segment);
      for (int at = 0; at < bytes.length; at++) {
        disk.damage(segment, at, (byte) (bytes[at] ^ (1 << random.nextInt(8))));
        try {
          Recovered recovered = recoverAfterKill();
          if (!recovered.equals(whole)) {
            assertThat(recovered).as("%s at %d", segment, at).isEqualTo(withoutLastRecord);
            cut++;
          }
        } catch (CorruptLogException e) {
          refused++;
        }
        disk.damage(segment, 0, bytes);
      }
    }
    assertThat(cut).as("the last record's bytes").isEqualTo(RecordFormat.HEADER_BYTES + 90);
    assertThat(refused).isGreaterThan(9000);
  }

  /** In the sector of the last record nothing tells an erased sector from a torn write. */
  @Test
  void anErasedSectorIsRefusedUnlessNothingIntactFollows() throws Exception {
    for (Path segment : segments) {
      byte[] bytes = disk.bytes(segment);
      int end = end(segment);
      int lastRecord = segment.equals(segments.getLast()) ? end - RecordFormat.bytes(90) : end;
      int refused = 0;
      for (int at = 0; at + SimDisk.SECTOR_BYTES <= lastRecord; at += SimDisk.SECTOR_BYTES) {
        disk.damage(segment, at, new byte[SimDisk.SECTOR_BYTES]);
        assertThatThrownBy(this::recoverAfterKill)
            .as("%s at %d", segment, at)
            .isInstanceOf(CorruptLogException.class);
        disk.damage(segment, 0, bytes);
        refused++;
      }
      assertThat(refused).isGreaterThan(1);
    }
    assertThat(recoverAfterKill()).isEqualTo(whole);
  }

  @Test
  void aChangedByteBeforeIntactRecordsOfTheLastBatchIsRefused() throws Exception {
    SimDisk other = new SimDisk(new Random(3));
    SimulatedLog log = new SimulatedLog(other);
    log.append(new HardState(1, 1, 0), entries(1, 1, 700, 700, 100));
    log.run();
    Path segment = SimulatedLog.segments(other).getFirst();

    other.damage(segment, SegmentHeader.BYTES + RecordFormat.bytes(8) + 600, (byte) 0);

    other.restartProcess();
    assertThatThrownBy(() -> SimulatedLog.recover(other))
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining("intact ones of the same batch after it");
  }

  @Test
  void aRecordOfAnotherSegmentDoesNotVerify() {
    RecordFormat format = new RecordFormat();
    ByteBuffer header = ByteBuffer.allocate(RecordFormat.HEADER_BYTES);
    byte[] payload = {1, 2, 3};

    format.encode(header, 11, 512, RecordFormat.ENTRY, 512, 1, 1, payload);

    assertThat(format.isIntact(11, 512, header, payload)).isTrue();
    assertThat(format.isIntact(12, 512, header, payload)).isFalse();
  }

  @Test
  void aTruncatedRecordAtTheEndIsCutAtEveryLength() throws Exception {
    Path last = segments.getLast();
    byte[] bytes = disk.bytes(last);
    int end = end(last);
    int record = RecordFormat.HEADER_BYTES + 90;
    for (int lost = 7; lost < record; lost++) {
      disk.damage(last, end - lost, new byte[lost]);

      assertThat(recoverAfterKill()).as("%d bytes lost", lost).isEqualTo(withoutLastRecord);

      disk.damage(last, 0, bytes);
    }
  }

  @Test
  void oneMessageNamesFileOffsetDamageAndRemedy() throws Exception {
    disk.damage(segments.getFirst(), SegmentHeader.BYTES + 100, (byte) 0);

    assertThatThrownBy(this::recoverAfterKill)
        .isInstanceOf(CorruptLogException.class)
        .hasMessageStartingWith(segments.getFirst() + " at byte ")
        .hasMessageContaining("a damaged record")
        .hasMessageContaining("restore a backup")
        .hasMessageContaining("add it again as a learner")
        .message()
        .doesNotContain("\n");
  }

  @Test
  void aMissingSegmentInTheMiddleIsRefused() {
    disk.lose(segments.get(1));

    assertThatThrownBy(this::recoverAfterKill)
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining("the segment before it is missing")
        .hasMessageContaining(String.valueOf(segments.getFirst().getFileName()));
  }

  @Test
  void aMissingFirstSegmentIsRefused() {
    disk.lose(segments.getFirst());

    assertThatThrownBy(this::recoverAfterKill)
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining("the segments before it are missing")
        .hasMessageContaining("begins with entry 4");
  }

  @Test
  void aMissingLastSegmentIsRefused() {
    disk.lose(segments.getLast());

    assertThatThrownBy(this::recoverAfterKill)
        .isInstanceOf(CorruptLogException.class)
        .hasMessageStartingWith(segments.get(1) + ": the segment after it is missing")
        .hasMessageContaining("add it again as a learner");
  }

  /** The order in which a segment is followed by the next, and then sealed, has a gap. */
  @Test
  void aSegmentThatACrashLeftUnsealedIsSealedByTheNextStart() throws Exception {
    int unsealed = SimDisk.SECTOR_BYTES * 8 - SegmentSeal.BYTES;
    disk.damage(segments.get(1), unsealed, new byte[SegmentSeal.BYTES]);

    assertThat(recoverAfterKill()).isEqualTo(whole);

    disk.losePower();
    disk.lose(segments.getLast());
    assertThatThrownBy(this::recoverAfterKill)
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining("the segment after it is missing");
  }

  @Test
  void aMissingLogBesideSnapshotsIsRefused() {
    segments.forEach(disk::lose);
    disk.plant(SimulatedLog.DATA.resolve("member/snap/some"), new byte[1]);

    assertThatThrownBy(this::recoverAfterKill)
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining("snapshots but no log");
  }

  @Test
  void aForeignFileIsRefused() throws Exception {
    disk.damage(segments.getLast(), 0, new byte[SegmentHeader.BYTES]);

    assertThatThrownBy(this::recoverAfterKill)
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining("not a segment of a Remora log");
  }

  @Test
  void aNewerFormatIsRefused() throws Exception {
    disk.damage(segments.getLast(), 8, ByteBuffer.allocate(4).putInt(2).array());

    assertThatThrownBy(this::recoverAfterKill)
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining("format version 2 is newer");
  }

  @Test
  void aShorterFileIsRefused() throws Exception {
    byte[] bytes = disk.bytes(segments.getLast());
    disk.plant(segments.getLast(), Arrays.copyOf(bytes, 3000));

    assertThatThrownBy(this::recoverAfterKill)
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining("has 3000 bytes but was made with 4096");
  }

  @Test
  void aSegmentOfAnotherLogIsRefused() throws Exception {
    SimDisk other = new SimDisk(new Random(2));
    new SimulatedLog(other).live();
    Path planted = WAL.resolve("%016x-%016x.rwal".formatted(4, 12));
    disk.plant(planted, other.bytes(SimulatedLog.segments(other).getLast()));

    assertThatThrownBy(this::recoverAfterKill).isInstanceOf(CorruptLogException.class);
  }

  @Test
  void aRecordCopiedToAnotherPlaceDoesNotVerify() throws Exception {
    Path last = segments.getLast();
    int end = end(last);
    int length = RecordFormat.bytes(90);
    byte[] bytes = disk.bytes(last);
    disk.damage(last, end, Arrays.copyOfRange(bytes, end - length, end));

    assertThat(recoverAfterKill()).isEqualTo(whole);
    assertThat(disk.bytes(last)).as("the copy is erased").isEqualTo(bytes);
  }

  @Test
  void aLogOfEtcdIsLeftAlone() {
    disk.plant(WAL.resolve("0000000000000000-0000000000000000.wal"), new byte[8]);

    assertThatThrownBy(this::recoverAfterKill)
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("is a log of etcd")
        .hasMessageContaining("--data-dir");
  }

  private Recovered recoverAfterKill() throws StorageException {
    disk.restartProcess();
    return SimulatedLog.recover(disk);
  }

  private int end(Path segment) throws Exception {
    byte[] bytes = disk.bytes(segment);
    int end = bytes.length;
    while (bytes[end - 1] == 0) {
      end--;
    }
    return RecordFormat.aligned(end);
  }
}
