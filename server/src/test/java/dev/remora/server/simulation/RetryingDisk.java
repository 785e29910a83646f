package dev.remora.server.simulation;

import dev.remora.server.storage.Disk;
import dev.remora.server.storage.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** A disk that believes a second force after one that has failed. */
final class RetryingDisk implements Disk {
  private final Disk disk;

  RetryingDisk(Disk disk) {
    this.disk = disk;
  }

  @Override
  public void makeDirectory(Path directory) throws IOException {
    disk.makeDirectory(directory);
  }

  @Override
  public List<String> list(Path directory) throws IOException {
    return disk.list(directory);
  }

  @Override
  public DiskFile create(Path file) throws IOException {
    return new RetryingFile(disk.create(file));
  }

  @Override
  public DiskFile open(Path file) throws IOException {
    return new RetryingFile(disk.open(file));
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    disk.rename(from, to);
  }

  @Override
  public void delete(Path file) throws IOException {
    disk.delete(file);
  }

  @Override
  public void forceDirectory(Path directory) throws IOException {
    disk.forceDirectory(directory);
  }

  @Override
  public Lock lock(Path file) throws IOException {
    return disk.lock(file);
  }

  private record RetryingFile(DiskFile file) implements DiskFile {
    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public void write(ByteBuffer source, long offset) throws IOException {
      file.write(source, offset);
    }

    @Override
    public int read(ByteBuffer target, long offset) throws IOException {
      return file.read(target, offset);
    }

    @Override
    public void truncate(long size) throws IOException {
      file.truncate(size);
    }

    @Override
    public void force() throws IOException {
      try {
        file.force();
      } catch (IOException e) {
        file.force();
      }
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
