package dev.remora.server.simulation;

/** From numbers other than 0 to numbers, fast; nothing is ever removed. */
final class LongMap {
  private long[] keys = new long[1024];
  private long[] values = new long[1024];
  private int size;

  /** Returns what was there before, or the new value if nothing was; that stays then. */
  long putIfAbsent(long key, long value) {
    int at = find(key);
    if (keys[at] == key) {
      return values[at];
    }
    keys[at] = key;
    values[at] = value;
    size++;
    if (2 * size > keys.length) {
      grow();
    }
    return value;
  }

  long get(long key, long otherwise) {
    int at = find(key);
    return keys[at] == key ? values[at] : otherwise;
  }

  private int find(long key) {
    int mask = keys.length - 1;
    int at = (int) Mix.of(0, key) & mask;
    while (keys[at] != 0 && keys[at] != key) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private void grow() {
    long[] oldKeys = keys;
    long[] oldValues = values;
    keys = new long[2 * oldKeys.length];
    values = new long[2 * oldKeys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0) {
        int at = find(oldKeys[i]);
        keys[at] = oldKeys[i];
        values[at] = oldValues[i];
      }
    }
  }
}
