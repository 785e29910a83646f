package dev.remora.torture.workload;

import dev.remora.torture.client.Session;
import java.time.Duration;
import java.util.Random;

/** What a client does next. Used by many clients at once. */
public interface Workload {
  /** All keys of v2 are below it. */
  String FOLDER = "/torture";

  /** All keys of v3 begin with it. Without a slash before, so that v2 does not see them. */
  String PREFIX = "torture/";

  /** How long a first call may take, of a server that is still cold. */
  Duration FIRST_PATIENCE = Duration.ofSeconds(10);

  /** Makes what the steps rely on; called once. */
  default void prepare(Session session) {}

  /** Does the next thing: one call, or a few that belong together. */
  void step(Session session, Random random);

  /** Reads everything once more, when the cluster is whole again and nobody writes. */
  void readAll(Session session);
}
