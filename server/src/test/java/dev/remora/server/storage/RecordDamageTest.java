package dev.remora.server.storage;

import static dev.remora.server.storage.SimulatedLog.entries;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.server.raft.HardState;
import dev.remora.server.replica.Recovered;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every bit of a record of each kind: torn if nothing follows, else damage. */
final class RecordDamageTest {
  private final SimDisk disk = new SimDisk(new Random(1));

  /** What a log can say. */
  enum Kind {
    ENTRY(40),
    CANCELLING_ENTRY(24),
    HARD_STATE(8),
    SNAPSHOT_MARK(0),
    SNAPSHOT_MARK_PAST_THE_END(0);

    final int length;

    Kind(int payloadBytes) {
      this.length = RecordFormat.HEADER_BYTES + payloadBytes;
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aFlippedBitIsCutIfNothingFollowsAndRefusedIfSomethingDoes(Kind kind) throws Exception {
    SimulatedLog log = new SimulatedLog(disk);
    log.append(new HardState(1, 1, 0), entries(1, 1, 10, 10, 10, 10));
    log.append(new HardState(1, 1, 3), List.of());
    log.run();
    Recovered before = log.acknowledged();
    Path segment = SimulatedLog.segments(disk).getFirst();
    int record = end(segment);
    write(kind, log);
    log.run();
    byte[] asLast = disk.bytes(segment);
    log.append(new HardState(3, 1, 3), List.of());
    log.run();

    eachBit(
        record,
        kind,
        segment,
        bit ->
            assertThatThrownBy(this::recover)
                .as("%s, %s", kind, bit)
                .isInstanceOf(CorruptLogException.class)
                .hasMessageStartingWith(segment + " at byte " + record)
                .hasMessageContaining("remove it from the cluster, empty its --data-dir"));

    disk.damage(segment, 0, asLast);
    eachBit(
        record,
        kind,
        segment,
        bit -> assertThat(recover()).as("%s, %s", kind, bit).isEqualTo(before));
  }

  private static void write(Kind kind, SimulatedLog log) {
    switch (kind) {
      case ENTRY -> log.append(null, entries(1, 5, 40));
      case CANCELLING_ENTRY -> log.append(null, entries(1, 4, 24));
      case HARD_STATE -> log.append(new HardState(2, 2, 3), List.of());
      case SNAPSHOT_MARK -> log.snapshotMark(2, 1);
      case SNAPSHOT_MARK_PAST_THE_END -> log.snapshotMark(9, 1);
    }
  }

  /** Does something with one bit changed, for each bit of a record. */
  private interface Check {
    void with(String bit) throws Exception;
  }

  private void eachBit(int record, Kind kind, Path segment, Check check) throws Exception {
    byte[] bytes = disk.bytes(segment);
    for (int at = record; at < record + kind.length; at++) {
      for (int bit = 0; bit < Byte.SIZE; bit++) {
        disk.damage(segment, at, (byte) (bytes[at] ^ (1 << bit)));
        check.with("byte %d, bit %d".formatted(at - record, bit));
        disk.damage(segment, 0, bytes);
      }
    }
  }

  private Recovered recover() throws StorageException {
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
