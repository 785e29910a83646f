package dev.remora.agent.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remora.agent.runner.BackupStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Earlier versions below {@code backups} of the data directory, for its owner only: a directory for
 * each group, in it one for each version, numbered as they came, in it the files and an index.
 */
public final class BackupFiles implements BackupStore {
  private static final String INDEX = "index.json";

  private final ObjectMapper json = new ObjectMapper();
  private final Path directory;

  /** Makes nothing before something is kept. */
  public BackupFiles(Path dataDirectory) {
    this.directory = dataDirectory.resolve("backups");
  }

  @Override
  public void keep(String group, int max, String hash, List<Kept> files) throws IOException {
    try {
      NavigableMap<Long, Path> before = versions(group);
      Version newest = before.isEmpty() ? null : read(before.lastEntry().getValue()).orElse(null);
      if (newest == null || !newest.hash().equals(hash)) {
        long number = before.isEmpty() ? 1 : before.lastKey() + 1;
        Path version = write(group, number, hash, files);
        before.put(number, version);
      }
      while (before.size() > max) {
        LinkedDirectory.remove(before.pollFirstEntry().getValue());
      }
    } catch (IOException e) {
      throw DurableFiles.explained("cannot keep the earlier version of " + group, e);
    }
  }

  private Path write(String group, long number, String hash, List<Kept> files) throws IOException {
    Path above = Files.createDirectories(of(group), ownerOnly());
    Path version = above.resolve(String.format(Locale.ROOT, "%012d", number));
    Path fresh = above.resolve("fresh");
    LinkedDirectory.remove(fresh);
    Files.createDirectory(fresh, ownerOnly());
    ObjectNode index = json.createObjectNode().put("hash", hash);
    ArrayNode kept = index.putArray("files");
    for (int i = 0; i < files.size(); i++) {
      String name = Integer.toString(i);
      DurableFiles.create(fresh.resolve(name), Files.readAllBytes(files.get(i).copy()));
      kept.addObject()
          .put("destination", files.get(i).destination().toString())
          .put("template", files.get(i).template());
    }
    DurableFiles.create(
        fresh.resolve(INDEX), index.toPrettyString().getBytes(StandardCharsets.UTF_8));
    DurableFiles.sync(fresh);
    Files.move(fresh, version, StandardCopyOption.ATOMIC_MOVE);
    DurableFiles.sync(above);
    return version;
  }

  @Override
  public Optional<Version> newest(String group, String notHash) throws IOException {
    for (Path version : versions(group).descendingMap().values()) {
      Optional<Version> found = read(version);
      if (found.isPresent() && !found.get().hash().equals(notHash)) {
        return found;
      }
    }
    return Optional.empty();
  }

  @Override
  public int count(String group) throws IOException {
    return versions(group).size();
  }

  @Override
  public void forget(Version version) throws IOException {
    LinkedDirectory.remove(version.directory());
  }

  private NavigableMap<Long, Path> versions(String group) throws IOException {
    TreeMap<Long, Path> versions = new TreeMap<>();
    Path above = of(group);
    if (!Files.isDirectory(above)) {
      return versions;
    }
    try (DirectoryStream<Path> found = Files.newDirectoryStream(above, "[0-9]*")) {
      for (Path version : found) {
        versions.put(Long.parseLong(version.getFileName().toString()), version);
      }
    } catch (NumberFormatException e) {
      throw new IOException("something is in " + above + " that no agent has made", e);
    }
    return versions;
  }

  /** A version that cannot be understood counts as lost. */
  private Optional<Version> read(Path version) throws IOException {
    try {
      JsonNode index = json.readTree(Files.readString(version.resolve(INDEX)));
      List<Kept> files = new ArrayList<>();
      int place = 0;
      for (JsonNode each : index.path("files")) {
        Path copy = version.resolve(Integer.toString(place));
        Path destination = Path.of(each.path("destination").asText());
        files.add(new Kept(destination, copy, each.path("template").asInt()));
        place++;
      }
      return Optional.of(new Version(version, index.path("hash").asText(), files));
    } catch (NoSuchFileException | JsonProcessingException _) {
      return Optional.empty();
    }
  }

  private Path of(String group) throws IOException {
    return directory.resolve(FileNames.of(group));
  }

  private static FileAttribute<?> ownerOnly() {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  }
}
