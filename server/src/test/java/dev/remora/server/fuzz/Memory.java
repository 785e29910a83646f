package dev.remora.server.fuzz;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * What earlier answers said, so that conditions can be made that hold, or nearly do. It learns from
 * etcd's answers alone: ours are equal, or the run has ended.
 */
final class Memory {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final TreeMap<String, Seen> nodes = new TreeMap<>();

  /** Its keys, in a list to draw from. */
  private final List<String> paths = new ArrayList<>();

  private final long firstIndex;
  private long index;

  /**
   * A node as last seen.
   *
   * @param path its key, percent-encoded
   * @param value as bytes; empty for a directory
   */
  record Seen(String path, String value, long modifiedIndex, long createdIndex) {}

  /**
   * A memory of nothing.
   *
   * @param index the index of both stores before the first request
   */
  Memory(long index) {
    this.firstIndex = index;
    this.index = index;
  }

  /** The last index of both stores before the first request. */
  long firstIndex() {
    return firstIndex;
  }

  /** The stores' index as last told. */
  long index() {
    return index;
  }

  /** Any node seen before. */
  Optional<Seen> any(RandomGenerator random) {
    if (paths.isEmpty()) {
      return Optional.empty();
    }
    int one = random.nextInt(paths.size());
    int other = random.nextInt(paths.size());
    return at(paths.get(Math.max(one, other))); // The later ones are asked for more often.
  }

  /** The node of a path, as last seen. */
  Optional<Seen> at(String path) {
    return Optional.ofNullable(nodes.get(path));
  }

  /** Takes in an answer. */
  void learn(Reply reply) {
    String told = reply.header("x-etcd-index");
    if (!told.isEmpty()) {
      index = Math.max(index, Long.parseLong(told));
    }
    if (reply.body().startsWith("{\"action\"")) {
      try {
        byte[] bytes = reply.body().getBytes(StandardCharsets.ISO_8859_1);
        learn(JSON.readTree(new String(bytes, StandardCharsets.UTF_8)).path("node"));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("etcd's answer is not JSON: " + reply.body(), e);
      }
    }
  }

  private void learn(JsonNode node) {
    if (node.has("key")) {
      String path = encoded(node.path("key").asText());
      byte[] value = node.path("value").asText("").getBytes(StandardCharsets.UTF_8);
      Seen seen =
          new Seen(
              path,
              new String(value, StandardCharsets.ISO_8859_1),
              node.path("modifiedIndex").asLong(),
              node.path("createdIndex").asLong());
      if (nodes.put(path, seen) == null) {
        paths.add(path);
      }
    }
    node.path("nodes").forEach(this::learn);
  }

  private static String encoded(String key) {
    return Words.encoded(
        new String(key.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1), "/");
  }
}
