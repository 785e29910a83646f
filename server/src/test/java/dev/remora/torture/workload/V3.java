package dev.remora.torture.workload;

import dev.remora.torture.client.Base64Text;
import dev.remora.torture.client.Request;

/** Requests to the v3 JSON API, in the few shapes that are needed. */
public final class V3 {
  private V3() {}

  /** Everything that begins so, at one revision. */
  static Request prefix(String prefix) {
    return new Request.V3(
        "kv/range",
        """
        {"key":"%s","range_end":"%s"}\
        """
            .formatted(Base64Text.of(prefix), Base64Text.endOf(prefix)));
  }

  /** Does all if every comparison holds, else nothing. */
  static Request txn(String compares, String puts) {
    return new Request.V3(
        "kv/txn",
        """
        {"compare":[%s],"success":[%s]}\
        """
            .formatted(compares, puts));
  }

  /** Holds if a key was last changed at this revision; 0 means that it is not there. */
  static String isAt(String key, long revision) {
    return """
    {"key":"%s","target":"MOD","result":"EQUAL","mod_revision":"%d"}\
    """
        .formatted(Base64Text.of(key), revision);
  }

  /** Holds if a key is there and its value is less. */
  static String isLess(String key, String value) {
    return """
    {"key":"%s","target":"VALUE","result":"LESS","value":"%s"}\
    """
        .formatted(Base64Text.of(key), Base64Text.of(value));
  }

  static String put(String key, String value) {
    return put(key, value, 0);
  }

  /** A put; a lease of 0 is none. */
  static String put(String key, String value, long lease) {
    return """
    {"request_put":{"key":"%s","value":"%s","lease":"%d"}}\
    """
        .formatted(Base64Text.of(key), Base64Text.of(value), lease);
  }

  static String delete(String key) {
    return """
    {"request_delete_range":{"key":"%s"}}\
    """
        .formatted(Base64Text.of(key));
  }

  static Request grant(long seconds) {
    return new Request.V3(
        "lease/grant",
        """
        {"TTL":"%d"}\
        """
            .formatted(seconds));
  }
}
