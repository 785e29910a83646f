package dev.remora.server.auth;

import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.KeyRange;

/**
 * What v3 grants a role: keys that it may read, write or both.
 *
 * @param kind what is granted
 * @param key the first key
 * @param rangeEnd as etcd writes ranges: empty for the one key, a zero byte for no end
 */
public record Permission(Kind kind, Bytes key, Bytes rangeEnd) {
  /** What may be done with the keys. */
  public enum Kind {
    READ,
    WRITE,
    READWRITE
  }

  /** The keys meant; it may be empty, and then grants nothing. */
  KeyRange range() {
    return KeyRange.of(key, rangeEnd);
  }

  boolean allows(boolean isWrite) {
    return kind == Kind.READWRITE || kind == (isWrite ? Kind.WRITE : Kind.READ);
  }

  boolean isOf(Bytes otherKey, Bytes otherEnd) {
    return key.equals(otherKey) && rangeEnd.equals(otherEnd);
  }
}
