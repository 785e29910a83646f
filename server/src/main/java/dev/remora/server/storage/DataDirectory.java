package dev.remora.server.storage;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The directory of one member, locked against a second process. Laid out as etcd's: {@code
 * member/wal} for the log, {@code member/snap} for snapshots. Files of etcd itself are not read.
 */
public final class DataDirectory implements AutoCloseable {
  private final Disk disk;
  private final Path path;
  private final Disk.Lock lock;

  private DataDirectory(Disk disk, Path path, Disk.Lock lock) {
    this.disk = disk;
    this.path = path;
    this.lock = lock;
  }

  /**
   * Makes the directories if they are missing, and takes the lock.
   *
   * @throws StorageException if it is in use, not accessible, or cannot be made
   */
  public static DataDirectory open(Disk disk, Path path) throws StorageException {
    Disk.Lock lock;
    try {
      disk.makeDirectory(path);
      lock = disk.lock(path.resolve("LOCK"));
    } catch (Disk.LockedException e) {
      throw new StorageException(
          "data directory "
              + path
              + " is in use by another process: stop that one, or choose another --data-dir",
          e);
    } catch (IOException e) {
      throw StorageException.cannot("use data directory " + path, e);
    }
    DataDirectory directory = new DataDirectory(disk, path, lock);
    try {
      disk.makeDirectory(directory.member());
      disk.makeDirectory(directory.wal());
      disk.makeDirectory(directory.snapshots());
    } catch (IOException e) {
      directory.close();
      throw StorageException.cannot("use data directory " + path, e);
    }
    return directory;
  }

  Disk disk() {
    return disk;
  }

  Path member() {
    return path.resolve("member");
  }

  Path wal() {
    return member().resolve("wal");
  }

  Path snapshots() {
    return member().resolve("snap");
  }

  /** Gives the lock back. */
  @Override
  public void close() throws StorageException {
    try {
      lock.close();
    } catch (IOException e) {
      throw StorageException.cannot("unlock data directory " + path, e);
    }
  }
}
