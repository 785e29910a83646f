package dev.remora.agent.registry;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The agent's data directory, made mode 0700, held by one process at a time: two agents with one
 * list of leases would take each other for a ghost.
 */
public final class DataDirectory implements AutoCloseable {
  private final FileChannel channel;

  private DataDirectory(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Makes the directory if need be and locks it until {@link #close} or the end of the process.
   *
   * @throws IOException with a whole sentence: it cannot be made, or another process holds it
   */
  public static DataDirectory open(Path path) throws IOException {
    FileChannel channel = lockFile(path);
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException _) {
      lock = null;
    }
    if (lock == null) {
      channel.close();
      throw new IOException("data_dir " + path + " is in use by another agent");
    }
    return new DataDirectory(channel);
  }

  private static FileChannel lockFile(Path path) throws IOException {
    try {
      Files.createDirectories(path);
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
      return FileChannel.open(
          path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new IOException(
          "data_dir "
              + path
              + " cannot be used: "
              + e.getClass().getSimpleName()
              + " "
              + e.getMessage(),
          e);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
