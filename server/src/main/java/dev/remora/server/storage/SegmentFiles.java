package dev.remora.server.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** The directory of segments: their names, how one is made ready ahead of its use, and removed. */
final class SegmentFiles {
  /** Not etcd's {@code .wal}: neither program shall take the other's log for its own. */
  private static final String SUFFIX = ".rwal";

  private static final Pattern NAME = Pattern.compile("[0-9a-f]{16}-[0-9a-f]{16}\\.rwal");
  private static final String ETCD_SUFFIX = ".wal";
  private static final String PREPARED = "next.prepared";
  private static final String UNFINISHED = "next.tmp";

  /** Zeros are flushed in portions, so that they do not hold up the log's own flushes for long. */
  private static final int PORTION_BYTES = 1 << 20;

  private final Disk disk;
  private final Path directory;
  private final int segmentBytes;

  /** A file full of zeros, durable, waiting to become a segment. */
  record Prepared(DiskFile file, long capacity) {}

  SegmentFiles(Disk disk, Path directory, int segmentBytes) {
    this.disk = disk;
    this.directory = directory;
    this.segmentBytes = segmentBytes;
  }

  /** All segments, oldest first. */
  List<Path> list() throws IOException, StorageException {
    List<String> names = disk.list(directory);
    for (String name : names) {
      if (name.endsWith(ETCD_SUFFIX)) {
        throw new StorageException(
            directory.resolve(name)
                + " is a log of etcd, which Remora does not read: choose another --data-dir");
      }
    }
    return names.stream()
        .filter(name -> NAME.matcher(name).matches())
        .map(directory::resolve)
        .toList();
  }

  /** The sequence in a segment's name. */
  static long sequence(Path segment) {
    return Long.parseUnsignedLong(String.valueOf(segment.getFileName()).substring(0, 16), 16);
  }

  DiskFile open(Path segment) throws IOException {
    return disk.open(segment);
  }

  /** Takes the prepared file that an earlier run has left, or makes one. Slow. */
  Prepared prepare() throws IOException {
    List<String> names = disk.list(directory);
    if (names.contains(PREPARED)) {
      DiskFile file = disk.open(directory.resolve(PREPARED));
      if (file.size() == segmentBytes) {
        return new Prepared(file, segmentBytes);
      }
      file.close();
      disk.delete(directory.resolve(PREPARED));
    }
    if (names.contains(UNFINISHED)) {
      disk.delete(directory.resolve(UNFINISHED));
    }
    DiskFile file = disk.create(directory.resolve(UNFINISHED));
    try {
      fill(file);
      disk.rename(directory.resolve(UNFINISHED), directory.resolve(PREPARED));
      disk.forceDirectory(directory);
    } catch (IOException e) {
      file.close();
      giveRoomBack(e);
      throw e;
    }
    return new Prepared(file, segmentBytes);
  }

  /** Zeros are written, not only reserved: else the first write of each block would be metadata. */
  private void fill(DiskFile file) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocateDirect(Math.min(PORTION_BYTES, segmentBytes));
    for (int at = 0; at < segmentBytes; at += zeros.capacity()) {
      zeros.clear().limit(Math.min(zeros.capacity(), segmentBytes - at));
      file.write(zeros, at);
      file.force();
    }
  }

  private void giveRoomBack(IOException reason) {
    try {
      disk.delete(directory.resolve(UNFINISHED));
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  /** Makes the prepared file the next segment. Durable on return. */
  Path activate(Prepared prepared, SegmentHeader header) throws IOException {
    prepared.file().write(header.encode(), 0);
    prepared.file().force();
    Path path =
        directory.resolve(
            "%016x-%016x%s".formatted(header.sequence(), header.lastIndex() + 1, SUFFIX));
    disk.rename(directory.resolve(PREPARED), path);
    disk.forceDirectory(directory);
    return path;
  }

  /** Removes the oldest segment, durably, so that a crash leaves no gap between segments. */
  void delete(Path segment) throws IOException {
    disk.delete(segment);
    disk.forceDirectory(directory);
  }

  /** Makes durable what a run before has done to the names. */
  void forceNames() throws IOException {
    disk.forceDirectory(directory);
  }
}
