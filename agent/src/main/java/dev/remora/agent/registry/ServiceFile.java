package dev.remora.agent.registry;

import dev.remora.agent.runner.ServiceStore;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The services registered through the local API: one JSON file, replaced as a whole. Only its owner
 * may read it, since checks may hold passwords.
 */
public final class ServiceFile implements ServiceStore {
  private static final String NAME = "services.json";

  private final Path directory;

  /** Keeps the file in this directory, which must exist. */
  public ServiceFile(Path directory) {
    this.directory = directory;
  }

  @Override
  public SortedMap<String, String> load() throws IOException {
    Path file = directory.resolve(NAME);
    TreeMap<String, String> definitions = new TreeMap<>();
    try {
      new JsonObject(Files.readString(file))
          .forEach(entry -> definitions.put(entry.getKey(), String.valueOf(entry.getValue())));
    } catch (NoSuchFileException _) {
      return definitions;
    } catch (DecodeException e) {
      throw new IOException(file + " is damaged; remove it, and register its services again", e);
    }
    return definitions;
  }

  @Override
  public void save(SortedMap<String, String> definitions) throws IOException {
    JsonObject json = new JsonObject();
    definitions.forEach(json::put);
    Path fresh = directory.resolve(NAME + ".new");
    Files.deleteIfExists(fresh);
    try (FileChannel file =
        FileChannel.open(
            fresh,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      ByteBuffer bytes = ByteBuffer.wrap(json.toBuffer().getBytes());
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
