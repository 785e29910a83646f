package dev.remora.agent.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remora.agent.render.Ledger;
import dev.remora.agent.runner.LedgerStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The ledgers of the groups: one JSON file each, mode 0600, below {@code groups} of the data
 * directory. A file that cannot be understood counts as lost: whatever is rendered next will be
 * reloaded once.
 */
public final class LedgerFiles implements LedgerStore {
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
  private static final long FILE_BYTES_MAX = 8 << 20;

  private final ObjectMapper json = new ObjectMapper();
  private final Path directory;

  /** Makes {@code groups} below the data directory, mode 0700, if it is not there. */
  public LedgerFiles(Path dataDirectory) throws IOException {
    this.directory = dataDirectory.resolve("groups");
    try {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw DurableFiles.explained("cannot make " + directory, e);
    }
  }

  @Override
  public Optional<Saved> load(String group) throws IOException {
    Path file = file(group);
    try {
      if (Files.size(file) > FILE_BYTES_MAX) {
        return Optional.of(Saved.UNKNOWN);
      }
      JsonNode node = json.readTree(Files.readString(file));
      Ledger ledger =
          new Ledger(
              hash(node, "desired"),
              hash(node, "written"),
              hash(node, "acknowledged"),
              hash(node, "quarantined"));
      return Optional.of(new Saved(ledger, made(node), node.path("settings").asText("")));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (JsonProcessingException | java.nio.charset.CharacterCodingException e) {
      return Optional.of(Saved.UNKNOWN);
    } catch (IOException e) {
      throw DurableFiles.explained("cannot read " + file, e);
    }
  }

  @Override
  public void save(String group, Saved saved) throws IOException {
    ObjectNode node = json.createObjectNode();
    Ledger ledger = saved.ledger();
    node.put("group", group);
    node.put("desired", ledger.desired());
    node.put("written", ledger.written());
    node.put("acknowledged", ledger.acknowledged());
    if (ledger.quarantined() != null) {
      node.put("quarantined", ledger.quarantined());
    }
    if (!saved.made().isEmpty()) {
      ArrayNode made = node.putArray("made");
      saved.made().forEach(path -> made.add(path.toString()));
    }
    node.put("settings", saved.settings());
    Path file = file(group);
    Path fresh = file.resolveSibling(file.getFileName() + ".tmp");
    try {
      Files.deleteIfExists(fresh);
      DurableFiles.create(fresh, (node.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8));
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      DurableFiles.sync(directory);
    } catch (IOException e) {
      throw DurableFiles.explained("cannot write " + file, e);
    }
  }

  private Path file(String group) throws IOException {
    return directory.resolve(FileNames.of(group) + ".json");
  }

  /** Only absolute paths count: what is removed by them must have been written by us. */
  private static List<Path> made(JsonNode node) {
    List<Path> made = new ArrayList<>();
    for (JsonNode each : node.path("made")) {
      String path = each.asText("");
      if (path.startsWith("/") && path.indexOf('\0') < 0) {
        made.add(Path.of(path));
      }
    }
    return made;
  }

  private static @Nullable String hash(JsonNode node, String field) {
    String text = node.path(field).textValue();
    return text != null && HASH.matcher(text).matches() ? text : null;
  }
}
