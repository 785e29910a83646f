package dev.remora.agent.output;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The steps of a durable write. */
final class DurableFiles {
  private DurableFiles() {}

  /**
   * Makes a file that did not exist (nor a link of that name), for its owner only, and syncs it.
   */
  static void create(Path fresh, byte[] content) throws IOException {
    Set<OpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            options,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      writeAll(channel, content);
      channel.force(true);
    }
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
