import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Requests a second, p50 and p99 over the number of connections, each with one request under way:
 * wrk against the leader, with values of 128 bytes over 1000 keys. Of ZooKeeper writes only.
 */
final class Throughput implements Experiment {
  static final String NAME = "throughput";

  private static final int WARM_CONNECTIONS = 64;
  private static final int WRK_THREADS_MAX = 2;
  private static final Pattern RESULT =
      Pattern.compile("RESULT (\\d+) (\\d+) (\\d+) (\\d+) (\\d+)");

  /** What is asked, by the name it has in v2.lua. */
  enum Method {
    PUT("v2 PUT"),
    GET("v2 GET"),
    QGET("v2 GET quorum=true"),
    V3PUT("v3 put");

    final String label;

    Method(String label) {
      this.label = label;
    }
  }

  private final Bench bench;
  private final List<Kind> kinds = new ArrayList<>(List.of(Kind.ETCD, Kind.REMORA));

  Throughput(Bench bench, boolean hasZooKeeper) {
    this.bench = bench;
    if (hasZooKeeper) {
      kinds.add(Kind.ZOOKEEPER);
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Kind> kinds() {
    return kinds;
  }

  @Override
  public List<Integer> memberCounts() {
    return List.of(1, 3);
  }

  @Override
  public void run(Kind kind, int memberCount, int round) throws IOException, InterruptedException {
    if (kind == Kind.ZOOKEEPER) {
      runZooKeeper(memberCount, round);
      return;
    }
    try (Members members = new Members(bench, kind, memberCount, List.of())) {
      String url = members.url(members.leader());
      for (Method method : Method.values()) {
        drive(url, method, WARM_CONNECTIONS);
      }
      for (Method method : Method.values()) {
        for (int connections : bench.settings().connections()) {
          long cpuMicros = members.cpuMicros();
          Matcher result = drive(url, method, connections);
          record(
              new Results.Place(NAME, memberCount, kind, method.label, connections + "", round),
              result,
              members.cpuMicros() - cpuMicros);
        }
      }
    }
  }

  private void runZooKeeper(int memberCount, int round) throws IOException, InterruptedException {
    try (ZooKeeper members = new ZooKeeper(bench, memberCount)) {
      members.drive(WARM_CONNECTIONS);
      for (int connections : bench.settings().connections()) {
        long cpuMicros = members.cpuMicros();
        Matcher result = result(members.drive(connections));
        record(
            new Results.Place(
                NAME, memberCount, Kind.ZOOKEEPER, Method.PUT.label, connections + "", round),
            result,
            members.cpuMicros() - cpuMicros);
      }
    }
  }

  private void record(Results.Place place, Matcher result, long cpuMicros) throws IOException {
    double requests = Double.parseDouble(result.group(5));
    bench.results().add(place, "requests/s", Double.parseDouble(result.group(1)));
    if (requests > 0) { // Else there is nothing to have a time.
      bench.results().add(place, "p50 ms", Double.parseDouble(result.group(4)) / 1000);
      bench.results().add(place, "p99 ms", Double.parseDouble(result.group(2)) / 1000);
      bench.results().add(place, "CPU µs/op", cpuMicros / requests);
    }
    bench.results().add(place, "errors", Double.parseDouble(result.group(3)));
  }

  private Matcher drive(String url, Method method, int connections)
      throws IOException, InterruptedException {
    return result(
        bench
            .processes()
            .run(
                List.of(
                    "wrk",
                    "-t" + Math.min(WRK_THREADS_MAX, connections),
                    "-c" + connections,
                    "-d" + bench.settings().seconds() + "s",
                    "-s" + bench.root().resolve("bench/v2.lua"),
                    url,
                    "--",
                    method.name())));
  }

  private static Matcher result(String said) throws IOException {
    Matcher result = RESULT.matcher(said);
    if (!result.find()) {
      throw new IOException("no result in:\n" + said);
    }
    return result;
  }
}
