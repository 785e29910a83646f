package dev.remora.agent.registry;

import dev.remora.agent.runner.Registry;
import dev.remora.agent.service.Txn;
import dev.remora.agent.view.Event;
import dev.remora.agent.view.KeyRange;
import dev.remora.agent.view.KeyValue;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * etcd's messages in its gateway's JSON: names of {@code rpc.proto}, 64-bit numbers as strings,
 * bytes in base64, zero values absent.
 *
 * <p>Decoders throw {@link IllegalArgumentException} on anything that is not such a message.
 */
final class Wire {
  private static final String ZERO_BYTE = base64(new byte[] {0});

  private Wire() {}

  static JsonObject range(KeyRange range) {
    return switch (range) {
      case KeyRange.Key(String key) -> new JsonObject().put("key", base64(key));
      case KeyRange.Prefix(String prefix) when prefix.isEmpty() ->
          new JsonObject().put("key", ZERO_BYTE).put("range_end", ZERO_BYTE);
      case KeyRange.Prefix(String prefix) ->
          new JsonObject().put("key", base64(prefix)).put("range_end", base64(end(prefix)));
    };
  }

  /** Asks for the number of keys and the one that changed last. */
  static JsonObject newest(KeyRange range) {
    return range(range).put("limit", "1").put("sort_order", "DESCEND").put("sort_target", "MOD");
  }

  static Registry.Newest newest(JsonObject rangeAnswer) {
    long modRevision =
        keyValues(rangeAnswer).stream().mapToLong(KeyValue::modRevision).max().orElse(0);
    return new Registry.Newest(number(rangeAnswer, "count"), modRevision);
  }

  /** The first key after all that begin with the prefix: its last byte plus one. */
  private static byte[] end(String prefix) {
    // UTF-8 has no byte 0xff, so that the last one can always be raised.
    byte[] bytes = prefix.getBytes(StandardCharsets.UTF_8);
    byte[] end = Arrays.copyOf(bytes, bytes.length);
    end[end.length - 1]++;
    return end;
  }

  static JsonObject txn(Txn txn) {
    JsonArray compares = new JsonArray();
    for (Txn.Compare compare : txn.compares()) {
      compares.add(compare(compare));
    }
    JsonArray puts = new JsonArray();
    for (Txn.Put put : txn.puts()) {
      JsonObject request =
          new JsonObject()
              .put("key", base64(put.key()))
              .put("value", base64(put.value()))
              .put("lease", Long.toString(put.lease()));
      puts.add(new JsonObject().put("request_put", request));
    }
    for (String key : txn.deletes()) {
      JsonObject request = new JsonObject().put("key", base64(key));
      puts.add(new JsonObject().put("request_delete_range", request));
    }
    return new JsonObject().put("compare", compares).put("success", puts);
  }

  private static JsonObject compare(Txn.Compare compare) {
    return switch (compare) {
      case Txn.Compare.Lease(String key, long lease) ->
          new JsonObject()
              .put("target", "LEASE")
              .put("key", base64(key))
              .put("lease", Long.toString(lease));
      case Txn.Compare.ModRevision(String key, long revision) ->
          new JsonObject()
              .put("target", "MOD")
              .put("key", base64(key))
              .put("mod_revision", Long.toString(revision));
    };
  }

  static long revision(JsonObject answer) {
    return number(object(answer, "header"), "revision");
  }

  static List<KeyValue> keyValues(JsonObject rangeAnswer) {
    List<KeyValue> values = new ArrayList<>();
    for (JsonObject kv : objects(rangeAnswer, "kvs")) {
      values.add(keyValue(kv));
    }
    return values;
  }

  private static KeyValue keyValue(JsonObject kv) {
    return new KeyValue(
        text(kv, "key"),
        text(kv, "value"),
        number(kv, "create_revision"),
        number(kv, "mod_revision"),
        number(kv, "lease"));
  }

  static List<Event> events(JsonObject watchAnswer) {
    List<Event> events = new ArrayList<>();
    for (JsonObject event : objects(watchAnswer, "events")) {
      JsonObject kv = object(event, "kv");
      boolean isDelete = "DELETE".equals(event.getValue("type"));
      events.add(
          isDelete
              ? new Event.Delete(text(kv, "key"), number(kv, "mod_revision"))
              : new Event.Put(keyValue(kv)));
    }
    return events;
  }

  static JsonObject object(JsonObject parent, String name) {
    if (parent.getValue(name) instanceof JsonObject object) {
      return object;
    }
    throw new IllegalArgumentException("no " + name);
  }

  static List<JsonObject> objects(JsonObject parent, String name) {
    Object value = parent.getValue(name);
    List<JsonObject> objects = new ArrayList<>();
    if (value == null) {
      return objects;
    }
    if (!(value instanceof JsonArray array)) {
      throw new IllegalArgumentException(name + " is not a list");
    }
    for (int i = 0; i < array.size(); i++) {
      if (!(array.getValue(i) instanceof JsonObject object)) {
        throw new IllegalArgumentException(name + " holds something else than objects");
      }
      objects.add(object);
    }
    return objects;
  }

  /** A 64-bit number, written as a string or a number; absent is 0. */
  static long number(JsonObject parent, String name) {
    return switch (parent.getValue(name)) {
      case null -> 0;
      case Integer number -> number;
      case Long number -> number;
      case String text -> Long.parseLong(text);
      default -> throw new IllegalArgumentException(name + " is not a whole number");
    };
  }

  static boolean isTrue(JsonObject parent, String name) {
    return Boolean.TRUE.equals(parent.getValue(name));
  }

  private static String text(JsonObject parent, String name) {
    return switch (parent.getValue(name)) {
      case null -> "";
      case String base64 -> new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
      default -> throw new IllegalArgumentException(name + " is not base64");
    };
  }

  private static String base64(String text) {
    return base64(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
