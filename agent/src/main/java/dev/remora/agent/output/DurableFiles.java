package dev.remora.agent.output;

import dev.remora.agent.runner.TemplateSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The steps of a durable write. */
final class DurableFiles {
  private static final Set<OpenOption> FRESH =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private DurableFiles() {}

  /**
   * Makes a file that did not exist (nor a link of that name), for its owner only, and syncs it.
   */
  static void create(Path fresh, byte[] content) throws IOException {
    try (FileChannel channel = FileChannel.open(fresh, FRESH, OWNER_ONLY)) {
      writeAll(channel, content);
      channel.force(true);
    }
  }

  /** As {@link #create}, for a file that need not outlive a crash. */
  static void createUnsynced(Path fresh, byte[] content) throws IOException {
    try (FileChannel channel = FileChannel.open(fresh, FRESH, OWNER_ONLY)) {
      writeAll(channel, content);
    }
  }

  /**
   * Writes into a file, whose inode stays, and gives it what its template asks for; what was there
   * is put back if that fails.
   */
  static void overwrite(Path file, byte[] content, TemplateSpec how) throws IOException {
    boolean isThere = Files.exists(file);
    byte[] before = isThere ? Files.readAllBytes(file) : new byte[0];
    try (FileChannel channel =
        isThere
            ? FileChannel.open(file, StandardOpenOption.WRITE)
            : FileChannel.open(file, FRESH, OWNER_ONLY)) {
      try {
        if (isThere) {
          Dress.correct(file, how); // Before anything secret is in it.
        }
        rewrite(channel, content);
      } catch (IOException e) {
        rewrite(channel, before);
        throw e;
      }
      if (!isThere) {
        Dress.fresh(file, how);
      }
    } catch (IOException e) {
      throw explained("cannot write " + file + " in place", e);
    }
  }

  private static void rewrite(FileChannel channel, byte[] content) throws IOException {
    channel.position(0);
    writeAll(channel, content);
    channel.truncate(content.length);
    channel.force(true);
  }

  static void writeAll(FileChannel channel, byte[] content) throws IOException {
    ByteBuffer left = ByteBuffer.wrap(content);
    while (left.hasRemaining()) {
      channel.write(left);
    }
  }

  /** Syncs a file or, to make a rename durable, a directory. */
  static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** The same failure with a sentence that says what was tried and why it did not work. */
  static IOException explained(String attempt, IOException cause) {
    String reason =
        switch (cause) {
          case AccessDeniedException _ -> "permission denied: the agent's user needs write access";
          case NoSuchFileException _ -> "no such file or directory: make it first";
          case FileSystemException e when e.getReason() != null -> e.getReason();
          default -> String.valueOf(cause.getMessage());
        };
    return new IOException(attempt + ": " + reason, cause);
  }
}
