package dev.remora.torture.workload;

import com.fasterxml.jackson.databind.JsonNode;
import dev.remora.torture.client.Outcome;
import dev.remora.torture.client.Reply;
import dev.remora.torture.client.Session;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A lock of v3: a key under a lease. Its revision is the token with which the holder writes to what
 * the lock protects; a write whose token is older than the last one is refused. So a holder that
 * does not know that it lost the lock can do no harm.
 */
public final class Locks implements Workload {
  /** The lock's key. */
  public static final String LOCK = PREFIX + "lock/key";

  /** Holds the newest token that has written. */
  public static final String FENCE = PREFIX + "lock/fence";

  /** The time to live of a lock's lease, in seconds; no less than the least one at our timing. */
  public static final long TTL_SECONDS = 2;

  private static final String DATA = PREFIX + "lock/data";
  private static final int WRITES_MAX = 4;

  private final AtomicLong values = new AtomicLong();

  @Override
  public void prepare(Session session) {
    session.call(
        V3.txn(V3.isAt(FENCE, 0), V3.put(FENCE, token(0)) + "," + V3.put(DATA, "w0")),
        FIRST_PATIENCE);
  }

  /** A token as text, so that texts compare like numbers. */
  private static String token(long revision) {
    return "%012d".formatted(revision);
  }

  @Override
  public void step(Session session, Random random) {
    long lease = json(session.call(V3.grant(TTL_SECONDS))).path("ID").asLong();
    if (lease == 0) {
      return;
    }
    JsonNode taken =
        json(
            session.call(
                V3.txn(
                    V3.isAt(LOCK, 0),
                    V3.put(LOCK, "l" + values.incrementAndGet() + " " + lease, lease))));
    if (!taken.path("succeeded").asBoolean()) {
      return;
    }
    long revision = taken.path("header").path("revision").asLong();
    for (int left = random.nextInt(WRITES_MAX); left > 0; left--) {
      session.call(
          V3.txn(
              V3.isLess(FENCE, token(revision + 1)),
              V3.put(FENCE, token(revision)) + "," + V3.put(DATA, "w" + values.incrementAndGet())));
    }
    if (random.nextInt(4) != 0) { // Otherwise the lease ends it.
      session.call(V3.txn(V3.isAt(LOCK, revision), V3.delete(LOCK)));
    }
  }

  private static JsonNode json(Outcome outcome) {
    return outcome instanceof Outcome.Answered(Reply reply)
        ? reply.json()
        : new Reply(0, 0, "{}").json();
  }

  @Override
  public void readAll(Session session) {
    session.call(V3.prefix(PREFIX + "lock/"));
  }
}
