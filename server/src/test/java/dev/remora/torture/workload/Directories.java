package dev.remora.torture.workload;

import dev.remora.torture.client.Request;
import dev.remora.torture.client.Session;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** Directories of v2: made, filled, listed, and removed with all that is in them. */
public final class Directories implements Workload {
  private static final String DIRECTORIES = FOLDER + "/d/";
  private static final int COUNT = 3;
  private static final int CHILDREN = 5;

  private final AtomicLong values = new AtomicLong();

  @Override
  public void step(Session session, Random random) {
    String directory = DIRECTORIES + random.nextInt(COUNT);
    String child = directory + "/" + random.nextInt(CHILDREN);
    int dice = random.nextInt(100);
    if (dice < 20) {
      session.call(new Request.Keys("PUT", directory, Map.of("dir", "true", "prevExist", "false")));
    } else if (dice < 55) {
      session.call(new Request.Keys("PUT", child, Map.of("value", "d" + values.incrementAndGet())));
    } else if (dice < 65) {
      session.call(new Request.Keys("DELETE", child, Map.of()));
    } else if (dice < 75) {
      session.call(
          new Request.Keys("DELETE", directory, Map.of("recursive", "true", "dir", "true")));
    } else {
      session.call(list(directory));
    }
  }

  private static Request list(String directory) {
    return new Request.Keys(
        "GET", directory, Map.of("quorum", "true", "recursive", "true", "sorted", "true"));
  }

  @Override
  public void readAll(Session session) {
    for (int number = 0; number < COUNT; number++) {
      session.call(list(DIRECTORIES + number));
    }
  }
}
