package dev.remora.torture.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A folder like any other.
 *
 * @param folder exists
 */
record PlainDisk(Path folder) implements Disk {
  PlainDisk {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void losePower() {
    throw new UnsupportedOperationException("the power goes with a loop disk only");
  }

  @Override
  public void fill() {
    throw new UnsupportedOperationException("a loop disk only is ever full");
  }

  @Override
  public void free() {}

  @Override
  public boolean isLoop() {
    return false;
  }

  @Override
  public void close() {}
}
