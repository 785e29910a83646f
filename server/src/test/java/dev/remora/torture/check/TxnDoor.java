package dev.remora.torture.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.remora.server.linearizable.Revisioned;
import dev.remora.torture.client.Base64Text;
import dev.remora.torture.client.Reply;
import dev.remora.torture.client.Request;
import dev.remora.torture.watch.Change;
import dev.remora.torture.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The v3 door, and one copy of the keys as our workloads use them: ranges and transactions. */
final class TxnDoor implements Door {
  private static final String RANGE = "kv/range";
  private static final String TXN = "kv/txn";

  private final TreeMap<String, Kv> keys = new TreeMap<>();

  private record Kv(String value, long modified) {
    @Override
    public String toString() {
      return value + "@" + modified;
    }
  }

  @Override
  public Optional<Revisioned<String>> answer(Request request, Reply reply) {
    if (!(request instanceof Request.V3(String path, _))
        || !(path.equals(RANGE) || path.equals(TXN))) {
      return Optional.empty();
    }
    JsonNode json = reply.json();
    long revision = json.path("header").path("revision").asLong();
    if (path.equals(TXN)) {
      boolean isDone = json.path("succeeded").asBoolean();
      return Optional.of(
          new Revisioned<>(
              revision,
              isDone ? Revisioned.Kind.CHANGE : Revisioned.Kind.READ,
              isDone ? "done" : "refused"));
    }
    Map<String, Kv> found = new TreeMap<>();
    for (JsonNode kv : json.path("kvs")) {
      found.put(text(kv, "key"), new Kv(text(kv, "value"), kv.path("mod_revision").asLong()));
    }
    return Optional.of(new Revisioned<>(revision, Revisioned.Kind.READ, found.toString()));
  }

  private static String text(JsonNode node, String field) {
    return Base64Text.text(node.path(field).asText());
  }

  private static JsonNode body(Request request) {
    return new Reply(0, 0, request.body()).json();
  }

  @Override
  public boolean mayCause(Request request, Change change) {
    return false; // A deletion of unknown outcome may as well be the lease's work.
  }

  @Override
  public boolean mayExpire(Change change) {
    return change.action().equals("delete") && change.key().startsWith(Workload.PREFIX + "lock/");
  }

  @Override
  public List<String> values(Request request) {
    List<String> values = new ArrayList<>();
    for (JsonNode operation : body(request).path("success")) {
      JsonNode put = operation.path("request_put");
      // A token is written more than once.
      if (put.has("value") && !text(put, "key").endsWith("/fence")) {
        values.add(text(put, "value"));
      }
    }
    return values;
  }

  @Override
  public String replay(StoreInput input) {
    return switch (input) {
      case StoreInput.Expired(String key, _) -> {
        keys.remove(key);
        yield "expired";
      }
      case StoreInput.Asked(Request request, long revision) ->
          request.target().endsWith(RANGE) ? range(body(request)) : txn(body(request), revision);
    };
  }

  private String range(JsonNode body) {
    return keys.subMap(text(body, "key"), text(body, "range_end")).toString();
  }

  private String txn(JsonNode body, long revision) {
    for (JsonNode compare : body.path("compare")) {
      if (!holds(compare, keys.get(text(compare, "key")))) {
        return "refused";
      }
    }
    body.path("success").forEach(operation -> perform(operation, revision));
    return "done";
  }

  private static boolean holds(JsonNode compare, @Nullable Kv kv) {
    if (compare.path("target").asText().equals("MOD")) {
      return compare.path("mod_revision").asLong() == (kv == null ? 0 : kv.modified());
    }
    return kv != null && kv.value().compareTo(text(compare, "value")) < 0;
  }

  private void perform(JsonNode operation, long revision) {
    JsonNode put = operation.path("request_put");
    if (put.has("key")) {
      keys.put(text(put, "key"), new Kv(text(put, "value"), revision));
    }
    JsonNode delete = operation.path("request_delete_range");
    if (delete.has("key")) {
      keys.remove(text(delete, "key"));
    }
  }
}
