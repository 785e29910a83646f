package dev.remora.torture.cluster;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * An ext4 file system in a file. What a program wrote but did not fsync is in the page cache of the
 * mounted file system and not yet in the file, so a copy of the file, taken while it is mounted, is
 * what a real disk holds when the power goes. Needs root.
 */
final class LoopDisk implements Disk {
  /** etcd allocates 64 MiB ahead for a log file, twice. */
  private static final long BYTES = 320L << 20;

  /** The journal is written back by fsync and hardly ever by time: the harder test. */
  private static final String OPTIONS = "loop,commit=300,noatime";

  private final Path image;
  private final Path copy;
  private final Path folder;
  private final Path filler;

  /** Makes a file system of this name in a folder, and mounts it. */
  LoopDisk(Path parent, String name) {
    this.image = parent.resolve(name + ".img");
    this.copy = parent.resolve(name + ".copy");
    this.folder = parent.resolve(name);
    this.filler = folder.resolve("filler");
    try {
      Files.createDirectories(folder);
      try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
        file.setLength(BYTES);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Shell.run("mkfs.ext4", "-q", "-F", "-m", "0", image.toString());
    mount();
  }

  /** Whether this machine lets us: a container may have the programs and not the right. */
  static boolean isPossible() {
    return Tried.IS_POSSIBLE;
  }

  /** Tried once, when it is asked for. */
  private static final class Tried {
    static final boolean IS_POSSIBLE =
        System.getProperty("user.name").equals("root")
            && Shell.has("mkfs.ext4")
            && Shell.has("losetup")
            && Files.exists(Path.of("/dev/loop-control"))
            && mounts();

    private static boolean mounts() {
      try {
        Path parent = Files.createTempDirectory("loop-disk");
        new LoopDisk(parent, "tried").close();
        Files.delete(parent.resolve("tried"));
        Files.delete(parent);
        return true;
      } catch (IOException | IllegalStateException | UncheckedIOException e) {
        return false;
      }
    }
  }

  @Override
  public Path folder() {
    return folder;
  }

  @Override
  public void losePower() {
    Shell.run("cp", "--sparse=always", image.toString(), copy.toString());
    unmount();
    try {
      Files.move(copy, image, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    mount();
  }

  @Override
  public void fill() {
    try {
      // Not a shell's exit code: dd always ends by "no space left".
      new ProcessBuilder("dd", "if=/dev/zero", "of=" + filler, "bs=64k")
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void free() {
    try {
      Files.deleteIfExists(filler);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public boolean isLoop() {
    return true;
  }

  private void mount() {
    Shell.run("mount", "-t", "ext4", "-o", OPTIONS, image.toString(), folder.toString());
  }

  private void unmount() {
    Shell.run("umount", folder.toString());
  }

  @Override
  public void close() {
    unmount();
    try {
      Files.deleteIfExists(image);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
