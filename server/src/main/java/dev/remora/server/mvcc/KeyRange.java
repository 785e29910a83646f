package dev.remora.server.mvcc;

/**
 * A range of keys as etcd writes it on the wire, brought into one form.
 *
 * @param from the first key
 * @param to the first key that is no longer meant; empty for no end
 */
public record KeyRange(Bytes from, Bytes to) {
  /**
   * Reads etcd's (key, range_end): an empty end means the one key, a single zero byte all keys from
   * {@code key} on.
   */
  public static KeyRange of(Bytes key, Bytes rangeEnd) {
    if (rangeEnd.isEmpty()) {
      return new KeyRange(key, key.next());
    }
    return new KeyRange(key, isZero(rangeEnd) ? Bytes.EMPTY : rangeEnd);
  }

  /** Whether no key can be in it. */
  public boolean isEmpty() {
    return !to.isEmpty() && to.compareTo(from) <= 0;
  }

  /** Whether a key is in it. */
  public boolean contains(Bytes key) {
    return key.compareTo(from) >= 0 && (to.isEmpty() || key.compareTo(to) < 0);
  }

  private static boolean isZero(Bytes bytes) {
    return bytes.length() == 1 && bytes.at(0) == 0;
  }
}
