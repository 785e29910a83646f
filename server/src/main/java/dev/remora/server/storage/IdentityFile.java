package dev.remora.server.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The file {@code member/id} of a data directory: format u32, cluster, member and incarnation u64,
 * crc32c u32 of all that (big-endian). Written once, before the first entry of the log.
 */
public final class IdentityFile {
  private static final String NAME = "id";
  private static final String UNFINISHED = "id.tmp";
  private static final int FORMAT = 1;
  private static final int CHECKED_BYTES = Integer.BYTES + 3 * Long.BYTES;
  private static final int BYTES = CHECKED_BYTES + Integer.BYTES;

  private final Disk disk;
  private final Path directory;
  private final Path wal;

  /** That of this data directory. */
  public IdentityFile(DataDirectory data) {
    this.disk = data.disk();
    this.directory = data.member();
    this.wal = data.wal();
  }

  /**
   * Reads it; nothing if the directory is new.
   *
   * @throws StorageException if it is damaged, or missing though there is a log
   */
  public Optional<StoredIdentity> read() throws StorageException {
    Path path = directory.resolve(NAME);
    try {
      if (disk.list(directory).contains(NAME)) {
        return Optional.of(read(path));
      }
      if (disk.list(wal).isEmpty()) {
        return Optional.empty();
      }
    } catch (IOException e) {
      throw StorageException.cannot("read " + path, e);
    }
    throw new StorageException(
        path
            + " is missing, and the log beside it is not: this directory is damaged; restore it"
            + " from a backup, or remove this member from its cluster and add it anew");
  }

  private StoredIdentity read(Path path) throws IOException, StorageException {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    long size;
    try (DiskFile file = disk.open(path)) {
      size = file.size();
      file.read(bytes, 0);
    }
    bytes.clear();
    if (size != BYTES || crc(bytes) != bytes.getInt(CHECKED_BYTES)) {
      throw new StorageException(
          path
              + " is damaged: restore it from a backup, or remove this member from its cluster"
              + " and add it anew");
    }
    int format = bytes.getInt();
    if (format != FORMAT) {
      throw new StorageException(
          path + " has format " + format + ", which this server does not know: start a newer one");
    }
    return new StoredIdentity(bytes.getLong(), bytes.getLong(), bytes.getLong());
  }

  /**
   * Writes it; it is durable when this returns.
   *
   * @throws StorageException if that fails
   */
  public void write(StoredIdentity identity) throws StorageException {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    bytes
        .putInt(FORMAT)
        .putLong(identity.cluster())
        .putLong(identity.member())
        .putLong(identity.incarnation());
    bytes.putInt(crc(bytes)).flip();
    Path unfinished = directory.resolve(UNFINISHED);
    try {
      if (disk.list(directory).contains(UNFINISHED)) {
        disk.delete(unfinished);
      }
      try (DiskFile file = disk.create(unfinished)) {
        file.write(bytes, 0);
        file.force();
      }
      disk.rename(unfinished, directory.resolve(NAME));
      disk.forceDirectory(directory);
    } catch (IOException e) {
      throw StorageException.cannot("write " + directory.resolve(NAME), e);
    }
  }

  private static int crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate().position(0).limit(CHECKED_BYTES));
    return (int) crc.getValue();
  }
}
