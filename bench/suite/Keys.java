import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/**
 * Memory and restart over the number of keys with values of 100 bytes: the same server is filled
 * further and further. A restart is from SIGKILL to the first answer to a linearizable count of all
 * keys, on warm disk caches.
 */
final class Keys implements Experiment {
  static final String NAME = "keys";

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** So long its memory must not change by more than 1 %: it looks at its heap every 20 s. */
  private static final int REST_SECONDS = 25;

  private static final int REST_SECONDS_MAX = 120;
  private static final double MIB = 1 << 20;

  private final Bench bench;

  Keys(Bench bench) {
    this.bench = bench;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Kind> kinds() {
    return List.of(Kind.ETCD, Kind.REMORA);
  }

  @Override
  public List<Integer> memberCounts() {
    return List.of(1);
  }

  @Override
  public void run(Kind kind, int memberCount, int round) throws IOException, InterruptedException {
    try (Members members = new Members(bench, kind, memberCount, List.of())) {
      int filled = 0;
      for (int keys : bench.settings().keys()) {
        fill(members.url(0), filled, keys - filled);
        filled = keys;
        memory(
            members.child(0),
            new Results.Place(NAME, memberCount, kind, "memory", keys + "", round));
        members.kill(0);
        long startNanos = System.nanoTime();
        members.restart(0);
        awaitCount(members.url(0), keys);
        bench
            .results()
            .add(
                new Results.Place(NAME, memberCount, kind, "restart", keys + "", round),
                "ms",
                (System.nanoTime() - startNanos) / 1e6);
      }
    }
  }

  private void fill(String url, int first, int count) throws IOException, InterruptedException {
    bench
        .processes()
        .run(
            List.of(
                Bench.java(),
                bench.root().resolve("bench/Fill.java").toString(),
                url,
                count + "",
                "0",
                first + ""));
  }

  private void memory(Child server, Results.Place place) throws IOException, InterruptedException {
    bench.results().add(place, "RSS MiB", server.memoryBytes("VmRSS") / MIB);
    bench.results().add(place, "of it anonymous", server.memoryBytes("RssAnon") / MIB);
    if (bench.settings().isIdleAwaited()) {
      awaitRest(server);
      bench.results().add(place, "RSS at rest MiB", server.memoryBytes("VmRSS") / MIB);
      bench.results().add(place, "of it anonymous at rest", server.memoryBytes("RssAnon") / MIB);
    }
  }

  private static void awaitRest(Child server) throws IOException, InterruptedException {
    Deque<Long> seen = new ArrayDeque<>();
    for (int second = 0; second < REST_SECONDS_MAX; second++) {
      seen.addLast(server.memoryBytes("VmRSS"));
      if (seen.size() > REST_SECONDS) {
        seen.removeFirst();
        if (Collections.max(seen) < Collections.min(seen) * 1.01) {
          return;
        }
      }
      Thread.sleep(1_000); // It is sampled each second.
    }
  }

  private void awaitCount(String url, int keys) throws IOException, InterruptedException {
    String range =
        "{\"key\":\"%s\",\"range_end\":\"%s\",\"count_only\":true}"
            .formatted(Http.base64("/fill/"), Http.base64("/fill0"));
    Bench.await(
        keys + " keys after a restart",
        PATIENCE.toSeconds(),
        () ->
            bench
                .http()
                .v3(url, "kv/range", range, PATIENCE)
                .contains("\"count\":\"" + keys + "\""));
  }
}
