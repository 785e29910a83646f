package dev.remora.server.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The few things we ask of a file system. Names are durable only after {@link #forceDirectory},
 * bytes only after {@link DiskFile#force}.
 */
public interface Disk {
  /**
   * Makes the directory and its missing parents, for their owner only; names them durably. One that
   * exists is made private if it is open to others.
   *
   * @throws IOException also if it exists, is open to others and cannot be made private
   */
  void makeDirectory(Path directory) throws IOException;

  /** The names in a directory, sorted. */
  List<String> list(Path directory) throws IOException;

  /** Makes a new file, readable for its owner only. Fails if the name exists. */
  DiskFile create(Path file) throws IOException;

  /** Opens an existing file to read and write. Does not follow a symbolic link. */
  DiskFile open(Path file) throws IOException;

  /** Opens an existing file to read only, also one that may not be written. */
  default DiskFile openToRead(Path file) throws IOException {
    return open(file);
  }

  /** Gives a file another name in the same directory, in one step, replacing what had that name. */
  void rename(Path from, Path to) throws IOException;

  /** Removes a file. */
  void delete(Path file) throws IOException;

  /** Makes the names in this directory durable. */
  void forceDirectory(Path directory) throws IOException;

  /**
   * Takes an exclusive lock, held until it is closed or the process ends.
   *
   * @throws LockedException if another holds it
   */
  Lock lock(Path file) throws IOException;

  /** A lock that is held. */
  interface Lock extends AutoCloseable {
    @Override
    void close() throws IOException;
  }

  /** The lock is another's. */
  final class LockedException extends IOException {
    private static final long serialVersionUID = 1;

    /** Names the lock's file. */
    public LockedException(Path file) {
      super(file + " is locked");
    }
  }

  /** The file system has no room left, or our quota of it is used up. */
  final class NoSpaceException extends IOException {
    private static final long serialVersionUID = 1;

    /** Keeps the system's own words. */
    public NoSpaceException(String message) {
      super(message);
    }
  }
}
