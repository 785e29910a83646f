package dev.remora.agent.registry;

import dev.remora.agent.runner.ViewStore;
import dev.remora.agent.view.KeyRange;
import dev.remora.agent.view.KeyValue;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The view in a JSON file that only its owner may read: it holds values. It need not survive a
 * crash of the machine, so it is not synced; a damaged one counts as none.
 */
public final class ViewFile implements ViewStore {
  private static final String NAME = "view.json";
  private static final long BYTES_MAX = 64 << 20;

  private final Path directory;

  /** Keeps the file in this directory, which must exist. */
  public ViewFile(Path directory) {
    this.directory = directory;
  }

  @Override
  public Optional<Saved> load() throws IOException {
    Path file = directory.resolve(NAME);
    try {
      if (Files.size(file) > BYTES_MAX) {
        return Optional.empty();
      }
      return Optional.of(decode(new JsonObject(Files.readString(file))));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (DecodeException
        | ClassCastException
        | IllegalArgumentException
        | NullPointerException _) {
      return Optional.empty();
    }
  }

  private static Saved decode(JsonObject json) {
    TreeMap<KeyRange, List<KeyValue>> ranges = new TreeMap<>();
    for (Object each : json.getJsonArray("ranges")) {
      JsonObject range = (JsonObject) each;
      List<KeyValue> values = new ArrayList<>();
      for (Object kv : range.getJsonArray("kvs")) {
        values.add(keyValue((JsonArray) kv));
      }
      String start = range.getString("start");
      ranges.put(
          range.getBoolean("prefix") ? new KeyRange.Prefix(start) : new KeyRange.Key(start),
          values);
    }
    return new Saved(Instant.ofEpochMilli(json.getLong("at")), ranges);
  }

  private static KeyValue keyValue(JsonArray kv) {
    return new KeyValue(
        kv.getString(0), kv.getString(1), kv.getLong(2), kv.getLong(3), kv.getLong(4));
  }

  @Override
  public void save(Saved saved) throws IOException {
    JsonArray ranges = new JsonArray();
    saved
        .ranges()
        .forEach((range, values) -> {
          JsonArray kvs = new JsonArray();
          for (KeyValue kv : values) {
            kvs.add(
                new JsonArray()
                    .add(kv.key())
                    .add(kv.value())
                    .add(kv.createRevision())
                    .add(kv.modRevision())
                    .add(kv.lease()));
          }
          ranges.add(
              new JsonObject()
                  .put("start", range.start())
                  .put("prefix", range instanceof KeyRange.Prefix)
                  .put("kvs", kvs));
        });
    Path fresh = directory.resolve(NAME + ".new");
    Files.deleteIfExists(fresh);
    Files.createFile(
        fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(
        fresh,
        new JsonObject()
            .put("at", saved.at().toEpochMilli())
            .put("ranges", ranges)
            .toBuffer()
            .getBytes());
    Files.move(fresh, directory.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
  }
}
