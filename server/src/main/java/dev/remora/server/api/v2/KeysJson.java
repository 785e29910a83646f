package dev.remora.server.api.v2;

import dev.remora.server.mvcc.Action;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.Version;
import dev.remora.server.tree.Node;
import dev.remora.server.tree.Paths;
import dev.remora.server.tree.TreeEvent;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The bodies of {@code /v2/keys}, field by field in etcd's order. */
final class KeysJson {
  private static final long NANOS_A_SECOND = 1_000_000_000;

  private static final byte[] GET = ascii("{\"action\":\"get\",\"node\":");
  private static final Map<Action, byte[]> ACTIONS = actions();
  private static final byte[] NODE = ascii(",\"node\":");
  private static final byte[] PREV_NODE = ascii(",\"prevNode\":");
  private static final byte[] END = ascii("}\n");
  private static final byte[] KEY = ascii("\"key\":");
  private static final byte[] VALUE = ascii(",\"value\":");
  private static final byte[] DIR = ascii("\"dir\":true");
  private static final byte[] EXPIRATION = ascii(",\"expiration\":\"");
  private static final byte[] TTL = ascii("\",\"ttl\":");
  private static final byte[] NODES = ascii(",\"nodes\":[");
  private static final byte[] MODIFIED_INDEX = ascii(",\"modifiedIndex\":");
  private static final byte[] CREATED_INDEX = ascii(",\"createdIndex\":");
  private static final byte[] ERROR_CODE = ascii("{\"errorCode\":");
  private static final byte[] MESSAGE = ascii(",\"message\":");
  private static final byte[] CAUSE = ascii(",\"cause\":");
  private static final byte[] INDEX = ascii(",\"index\":");

  private KeysJson() {}

  /** What a read found. */
  static void get(JsonWriter json, Node node, long wallNanos) {
    json.raw(GET);
    node(json, node, wallNanos);
    json.raw(END);
  }

  /** What a read of a file found. */
  static void get(JsonWriter json, Version file, long wallNanos) {
    json.raw(GET);
    // Rule (g) of the design: a key on a lease shows no TTL here.
    long expiration = file.lease() == 0 ? file.expiration() : Version.PERMANENT;
    json.raw('{').raw(KEY).string(file.key()).raw(VALUE).string(file.value());
    times(json, expiration, wallNanos);
    indexes(json, file.modRevision(), file.createdIndex());
    json.raw(END);
  }

  /** What a write did, or a watcher is told of. */
  static void event(JsonWriter json, TreeEvent event, long wallNanos) {
    action(json, event.action());
    json.raw(NODE);
    node(json, event.node(), wallNanos);
    Node before = event.before();
    if (before != null) {
      json.raw(PREV_NODE);
      node(json, before, wallNanos);
    }
    json.raw(END);
  }

  /** What a write did, for a client that does not want to see it. */
  static void quiet(JsonWriter json, Action action) {
    action(json, action);
    json.raw(END);
  }

  /** An error. */
  static void error(JsonWriter json, KeysError error) {
    json.raw(ERROR_CODE).number(error.code().number());
    json.raw(MESSAGE).string(Bytes.utf8(error.code().message()));
    if (!error.cause().isEmpty()) {
      json.raw(CAUSE).string(error.cause());
    }
    json.raw(INDEX).number(error.index()).raw(END);
  }

  private static void action(JsonWriter json, Action action) {
    byte @Nullable [] start = ACTIONS.get(action);
    if (start == null) {
      throw new IllegalStateException("no word for " + action);
    }
    json.raw(start);
  }

  private static void node(JsonWriter json, Node node, long wallNanos) {
    json.raw('{');
    if (!Paths.isRoot(node.path())) {
      json.raw(KEY).string(node.path());
    }
    Bytes value = node.value();
    if (value != null) {
      json.raw(VALUE).string(value);
    }
    if (node.isDirectory()) {
      if (!Paths.isRoot(node.path())) {
        json.raw(',');
      }
      json.raw(DIR);
    }
    times(json, node.expiration(), wallNanos);
    nodes(json, node.children(), wallNanos);
    indexes(json, node.modifiedIndex(), node.createdIndex());
  }

  private static void nodes(JsonWriter json, List<Node> children, long wallNanos) {
    if (children.isEmpty()) {
      return;
    }
    json.raw(NODES);
    for (int i = 0; i < children.size(); i++) {
      if (i > 0) {
        json.raw(',');
      }
      node(json, children.get(i), wallNanos);
    }
    json.raw(']');
  }

  /** The indexes of the root are 0, and left out as etcd does. */
  private static void indexes(JsonWriter json, long modifiedIndex, long createdIndex) {
    if (modifiedIndex != 0) {
      json.raw(MODIFIED_INDEX).number(modifiedIndex);
    }
    if (createdIndex != 0) {
      json.raw(CREATED_INDEX).number(createdIndex);
    }
    json.raw('}');
  }

  private static void times(JsonWriter json, long expiration, long wallNanos) {
    if (expiration == Version.PERMANENT) {
      return;
    }
    json.raw(EXPIRATION);
    time(json, expiration);
    long ttl = secondsUntil(expiration, wallNanos);
    if (ttl == 0) {
      json.raw('"');
    } else {
      json.raw(TTL).number(ttl);
    }
  }

  /** Whole seconds, rounded up; the difference saturates. */
  static long secondsUntil(long expiration, long wallNanos) {
    long left = expiration - wallNanos;
    if (((expiration ^ wallNanos) & (expiration ^ left)) < 0) {
      left = expiration < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
    return Math.ceilDiv(left, NANOS_A_SECOND);
  }

  /** RFC 3339 in UTC, with as many digits of the second as are not zeros at the end. */
  static void time(JsonWriter json, long nanos) {
    int fraction = Math.floorMod(nanos, (int) NANOS_A_SECOND);
    LocalDateTime time =
        LocalDateTime.ofEpochSecond(Math.floorDiv(nanos, NANOS_A_SECOND), fraction, ZoneOffset.UTC);
    json.digits(time.getYear(), 4).raw('-').digits(time.getMonthValue(), 2);
    json.raw('-').digits(time.getDayOfMonth(), 2).raw('T');
    json.digits(time.getHour(), 2).raw(':').digits(time.getMinute(), 2);
    json.raw(':').digits(time.getSecond(), 2);
    if (fraction != 0) {
      int digits = 9;
      int shown = fraction;
      while (shown % 10 == 0) {
        shown /= 10;
        digits--;
      }
      json.raw('.').digits(shown, digits);
    }
    json.raw('Z');
  }

  private static Map<Action, byte[]> actions() {
    Map<Action, byte[]> actions = new EnumMap<>(Action.class);
    for (Action action : Action.values()) {
      actions.put(action, ascii("{\"action\":\"" + action.word() + '"'));
    }
    return actions;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
