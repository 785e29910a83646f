package dev.remora.torture.workload;

import dev.remora.torture.client.Request;
import dev.remora.torture.client.Session;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** In-order keys of v2: each POST adds an element; now and then somebody reads them all. */
public final class OrderedSets implements Workload {
  /** Below it are the sets. */
  public static final String SETS = FOLDER + "/s/";

  private static final int ELEMENTS = 300;
  private static final int READ_EVERY = 25;

  private final AtomicLong elements = new AtomicLong();

  @Override
  public void step(Session session, Random random) {
    if (random.nextInt(READ_EVERY) == 0) {
      session.call(read(elements.get() / ELEMENTS));
    } else {
      long number = elements.getAndIncrement();
      session.call(
          new Request.Keys("POST", SETS + number / ELEMENTS, Map.of("value", "s" + number)));
    }
  }

  private static Request read(long set) {
    return new Request.Keys(
        "GET", SETS + set, Map.of("quorum", "true", "recursive", "true", "sorted", "true"));
  }

  @Override
  public void readAll(Session session) {
    for (long set = 0; set <= elements.get() / ELEMENTS; set++) {
      session.call(read(set));
    }
  }
}
