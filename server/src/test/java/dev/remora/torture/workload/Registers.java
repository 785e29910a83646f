package dev.remora.torture.workload;

import com.fasterxml.jackson.databind.JsonNode;
import dev.remora.torture.client.Outcome;
import dev.remora.torture.client.Request;
import dev.remora.torture.client.Session;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A few keys of v2 that all clients read, write, and compare and set. A key is left for a new one
 * after some hundred calls, since checking one takes time that grows fast.
 */
public final class Registers implements Workload {
  /** Below it are the registers. */
  public static final String REGISTERS = FOLDER + "/r/";

  private static final int KEYS = 4;
  private static final int CALLS_PER_KEY = 250;

  private final boolean isQuorum;
  private final AtomicLong calls = new AtomicLong();
  private final AtomicLong values = new AtomicLong();

  /** The newest value and index that somebody has seen of a key. A guess for a comparison. */
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  private record Known(String value, long index) {}

  /**
   * Makes the workload.
   *
   * @param isQuorum whether reads are linearizable; otherwise a member tells what it has
   */
  public Registers(boolean isQuorum) {
    this.isQuorum = isQuorum;
  }

  @Override
  public void step(Session session, Random random) {
    long number = calls.getAndIncrement();
    long generation = number / ((long) KEYS * CALLS_PER_KEY);
    String key = REGISTERS + generation + "-" + random.nextInt(KEYS);
    learn(key, session.call(request(key, random)));
  }

  private Request request(String key, Random random) {
    String next = "r" + values.incrementAndGet();
    Known seen = known.get(key);
    int dice = random.nextInt(100);
    if (dice < 45) {
      return read(key);
    } else if (dice < 65 || (seen == null && dice < 90)) {
      return new Request.Keys("PUT", key, Map.of("value", next));
    } else if (seen != null && dice < 78) {
      return new Request.Keys("PUT", key, Map.of("value", next, "prevValue", seen.value()));
    } else if (seen != null && dice < 88) {
      return new Request.Keys(
          "PUT", key, Map.of("value", next, "prevIndex", Long.toString(seen.index())));
    } else if (dice < 92) {
      return new Request.Keys("PUT", key, Map.of("value", next, "prevExist", "false"));
    } else if (dice < 96) {
      return new Request.Keys("PUT", key, Map.of("value", next, "prevExist", "true"));
    }
    return new Request.Keys("DELETE", key, Map.of());
  }

  private Request read(String key) {
    return new Request.Keys("GET", key, isQuorum ? Map.of("quorum", "true") : Map.of());
  }

  private void learn(String key, Outcome outcome) {
    if (outcome instanceof Outcome.Answered(var reply)) {
      JsonNode node = reply.json().path("node");
      if (node.has("value")) {
        known.put(key, new Known(node.path("value").asText(), node.path("modifiedIndex").asLong()));
      }
    }
  }

  @Override
  public void readAll(Session session) {
    long generation = calls.get() / ((long) KEYS * CALLS_PER_KEY);
    for (long one = 0; one <= generation; one++) {
      for (int key = 0; key < KEYS; key++) {
        session.call(read(REGISTERS + one + "-" + key));
      }
    }
  }
}
