package dev.remora.torture.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.remora.server.linearizable.Revisioned;
import dev.remora.torture.client.Reply;
import dev.remora.torture.client.Request;
import dev.remora.torture.watch.Change;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The v2 door, and one copy of a tree as our workloads use it. */
final class KeysDoor implements Door {
  private static final int NOT_FOUND = 100;
  private static final int COMPARE_FAILED = 101;
  private static final int EXISTS = 105;

  /** By key; directories too, but not the root. */
  private final TreeMap<String, Node> nodes = new TreeMap<>();

  /**
   * A file, or a directory.
   *
   * @param value null of a directory
   */
  private record Node(@Nullable String value, long modified, long created) {
    @Override
    public String toString() {
      return (value == null ? "directory" : value) + "@" + modified;
    }
  }

  @Override
  public Optional<Revisioned<String>> answer(Request request, Reply reply) {
    if (!(request instanceof Request.Keys keys)) {
      return Optional.empty();
    }
    JsonNode json = reply.json();
    if (!reply.isOk()) {
      return Optional.of(
          new Revisioned<>(reply.index(), Revisioned.Kind.READ, code(reply.errorCode())));
    }
    JsonNode node = json.path("node");
    if (keys.method().equals("GET")) {
      return Optional.of(
          new Revisioned<>(reply.index(), Revisioned.Kind.READ, listing(node).toString()));
    }
    String before = json.has("prevNode") ? shown(json.path("prevNode")).toString() : "nothing";
    return Optional.of(
        new Revisioned<>(
            node.path("modifiedIndex").asLong(),
            Revisioned.Kind.CHANGE,
            changed(node.path("key").asText(), node.path("createdIndex").asLong(), before)));
  }

  private static String code(int errorCode) {
    return "code " + errorCode;
  }

  private static String changed(String key, long created, String before) {
    return "%s created %d, before %s".formatted(key, created, before);
  }

  private static Node shown(JsonNode node) {
    return new Node(
        node.path("dir").asBoolean() ? null : node.path("value").asText(),
        node.path("modifiedIndex").asLong(),
        node.path("createdIndex").asLong());
  }

  private static Map<String, Node> listing(JsonNode node) {
    Map<String, Node> found = new TreeMap<>();
    found.put(node.path("key").asText(), shown(node));
    node.path("nodes").forEach(child -> found.putAll(listing(child)));
    return found;
  }

  @Override
  public boolean mayCause(Request request, Change change) {
    return request instanceof Request.Keys keys
        && !IndexOrder.isRead(request)
        && keys.key().equals(change.key())
        && change.action().toLowerCase(java.util.Locale.ROOT).contains("delete")
            == keys.method().equals("DELETE");
  }

  @Override
  public boolean mayExpire(Change change) {
    return change.action().equals("expire");
  }

  @Override
  public List<String> values(Request request) {
    return request instanceof Request.Keys keys && !keys.parameter("value").isEmpty()
        ? List.of(keys.parameter("value"))
        : List.of();
  }

  @Override
  public String replay(StoreInput input) {
    return switch (input) {
      case StoreInput.Expired(String key, _) -> {
        remove(key);
        yield "expired";
      }
      case StoreInput.Asked(Request.Keys keys, long index) ->
          switch (keys.method()) {
            case "GET" -> get(keys.key());
            case "POST" -> put(keys.key() + "/%020d".formatted(index), keys, index, index);
            case "DELETE" -> delete(keys.key());
            default -> set(keys, index);
          };
      case StoreInput.Asked(Request request, _) ->
          throw new IllegalArgumentException("not v2: " + request);
    };
  }

  private String get(String key) {
    if (!nodes.containsKey(key)) {
      return code(NOT_FOUND);
    }
    Map<String, Node> found = new TreeMap<>(below(key));
    found.put(key, nodes.get(key));
    return found.toString();
  }

  private Map<String, Node> below(String key) {
    return nodes.subMap(key + "/", key + "0"); // '0' comes after '/'.
  }

  private String set(Request.Keys keys, long index) {
    Node old = nodes.get(keys.key());
    String exist = keys.parameter("prevExist");
    String value = keys.parameter("prevValue");
    String prevIndex = keys.parameter("prevIndex");
    if (exist.equals("false") && old != null) {
      return code(EXISTS);
    }
    boolean isConditional = exist.equals("true") || !value.isEmpty() || !prevIndex.isEmpty();
    if (isConditional && old == null) {
      return code(NOT_FOUND);
    }
    if (old != null
        && ((!value.isEmpty() && !value.equals(old.value()))
            || (!prevIndex.isEmpty() && Long.parseLong(prevIndex) != old.modified()))) {
      return code(COMPARE_FAILED);
    }
    return put(keys.key(), keys, index, isConditional && old != null ? old.created() : index);
  }

  private String put(String key, Request.Keys keys, long index, long created) {
    for (int slash = key.indexOf('/', 1); slash > 0; slash = key.indexOf('/', slash + 1)) {
      nodes.putIfAbsent(key.substring(0, slash), new Node(null, index, index));
    }
    String value = keys.parameter("dir").equals("true") ? null : keys.parameter("value");
    Node old = nodes.put(key, new Node(value, index, created));
    return changed(key, created, old == null ? "nothing" : old.toString());
  }

  private String delete(String key) {
    Node old = nodes.get(key);
    if (old == null) {
      return code(NOT_FOUND);
    }
    remove(key);
    return changed(key, old.created(), old.toString());
  }

  private void remove(String key) {
    below(key).clear();
    nodes.remove(key);
  }
}
