package dev.remora.server.storage;

import static dev.remora.server.storage.SimulatedLog.entries;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.raft.HardState;
import dev.remora.server.replica.SnapshotMark;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The seal at the end of one segment. */
final class SegmentSealTest {
  private static final int CAPACITY = 1024;
  private static final int FREE =
      CAPACITY - SegmentHeader.BYTES - RecordFormat.bytes(0) - SegmentSeal.BYTES;

  private final SimDisk disk = new SimDisk(new Random(1));

  @Test
  void aSealIsItsSegmentsOnly() throws Exception {
    DiskFile file = segment();
    SegmentWriter writer = writer(file, 1);
    writer.append(entry(FREE));
    assertThat(writer.write()).isTrue();
    writer.force();
    assertThat(reader(file, 1).isSealed()).isFalse();

    writer.seal();

    assertThat(reader(file, 1).isSealed()).isTrue();
    assertThat(reader(file, 2).isSealed()).as("with another salt").isFalse();
    assertThat(reader(file, 1).read(SegmentHeader.BYTES)).isNotNull();
  }

  @Test
  void recordsLeaveRoomForIt() throws Exception {
    SegmentWriter writer = writer(segment(), 1);

    assertThat(writer.hasRoomFor(entry(FREE))).isTrue();
    assertThat(writer.hasRoomFor(entry(FREE + 1))).isFalse();
  }

  @Test
  void itDoesNotOverwriteARecordOfALogFromBeforeThereWereSeals() throws Exception {
    DiskFile file = segment();
    SegmentWriter writer = writer(file, 1);
    writer.append(entry(FREE + SegmentSeal.BYTES));
    assertThat(writer.write()).isTrue();
    writer.force();

    writer.seal();

    assertThat(reader(file, 1).isSealed()).isFalse();
    assertThat(reader(file, 1).read(SegmentHeader.BYTES)).isNotNull();
  }

  private DiskFile segment() throws Exception {
    DiskFile file = disk.create(Path.of("/segment"));
    file.write(ByteBuffer.allocate(CAPACITY), 0);
    return file;
  }

  private static LogRecord entry(int payloadBytes) {
    return new LogRecord.Append(entries(1, 1, payloadBytes).getFirst());
  }

  private static SegmentWriter writer(DiskFile file, long salt) {
    return new SegmentWriter(
        file, header(salt), SegmentHeader.BYTES, ByteBuffer.allocate(CAPACITY));
  }

  private static SegmentReader reader(DiskFile file, long salt) {
    return new SegmentReader(Path.of("/segment"), file, header(salt));
  }

  private static SegmentHeader header(long salt) {
    return new SegmentHeader(CAPACITY, 1, salt, 0, 0, 0, HardState.INITIAL, SnapshotMark.NONE);
  }
}
