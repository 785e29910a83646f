package dev.remora.agent.registry;

import dev.remora.agent.runner.LeaseStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The remembered lease ids: a text file, one decimal id a line, replaced as a whole.
 *
 * <p>A line that is not a number is left out: the worst that follows is waiting one time to live
 * for a ghost.
 */
public final class LeaseFile implements LeaseStore {
  private static final String NAME = "leases";

  private final Path directory;

  /** Keeps the file in this directory, which must exist. */
  public LeaseFile(Path directory) {
    this.directory = directory;
  }

  @Override
  public List<Long> load() throws IOException {
    List<Long> leases = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(directory.resolve(NAME), StandardCharsets.US_ASCII)) {
        if (line.matches("[0-9]{1,18}|[0-9]{19}")) {
          leases.add(Long.parseUnsignedLong(line));
        }
      }
    } catch (NoSuchFileException _) {
      return leases;
    }
    return leases;
  }

  @Override
  public void save(List<Long> leases) throws IOException {
    Path fresh = directory.resolve(NAME + ".new");
    StringBuilder text = new StringBuilder();
    leases.forEach(lease -> text.append(lease).append('\n'));
    try (FileChannel file =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
      file.force(true);
    }
    Files.move(fresh, directory.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel folder = FileChannel.open(directory, StandardOpenOption.READ)) {
      folder.force(true);
    }
  }
}
