package dev.remora.server.api;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How many clients are connected to the listeners of one event loop, and how they were answered
 * since the start. Counted on that loop, read by any thread.
 */
public final class ClientCounts {
  private static final int CODES = 600;

  private final AtomicLongArray answers = new AtomicLongArray(CODES);
  private final AtomicInteger connections = new AtomicInteger();

  /** Nobody has come yet. */
  public ClientCounts() {}

  /** A request was answered to its end. */
  void answered(int code) {
    int counted = Math.clamp(code, 0, CODES - 1);
    answers.lazySet(counted, answers.get(counted) + 1);
  }

  void connected() {
    connections.lazySet(connections.get() + 1);
  }

  void gone() {
    connections.lazySet(connections.get() - 1);
  }

  /** How many are connected. */
  public int connections() {
    return connections.get();
  }

  /** How many answers there were of each status code; of those that there were. */
  public Map<Integer, Long> answers() {
    Map<Integer, Long> read = new TreeMap<>();
    for (int code = 0; code < CODES; code++) {
      if (answers.get(code) > 0) {
        read.put(code, answers.get(code));
      }
    }
    return read;
  }
}
