package dev.remora.torture.workload;

import dev.remora.torture.client.Request;
import dev.remora.torture.client.Session;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** Keys of v2 with a time to live. Each is written once and left alone. */
public final class Expiries implements Workload {
  /** Below it are the keys that expire. */
  public static final String EXPIRIES = FOLDER + "/t/";

  /** The time to live of all of them. */
  public static final Duration TTL = Duration.ofSeconds(3);

  private final AtomicLong keys = new AtomicLong();

  @Override
  public void step(Session session, Random random) {
    long number = keys.incrementAndGet();
    session.call(
        new Request.Keys(
            "PUT",
            EXPIRIES + number,
            Map.of("value", "t" + number, "ttl", Long.toString(TTL.toSeconds()))));
  }

  @Override
  public void readAll(Session session) {
    session.call(listing());
  }

  /** All keys that have not expired. */
  public static Request listing() {
    return new Request.Keys(
        "GET",
        EXPIRIES.substring(0, EXPIRIES.length() - 1),
        Map.of("quorum", "true", "recursive", "true"));
  }
}
