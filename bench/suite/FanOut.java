import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * From the sending of a write to the moment the last of many watchers of its key has it, one write
 * at a time. Watchers are spread over all members, the write goes to the leader. What it takes to
 * read from so many sockets is in the figure; it is the same for both.
 */
final class FanOut implements Experiment {
  static final String NAME = "fan-out";

  private static final int WARM_WRITES = 20;
  private static final int FILES_BESIDE = 500;

  private final Bench bench;

  FanOut(Bench bench) {
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
    return List.of(1, 3);
  }

  @Override
  public void run(Kind kind, int memberCount, int round) throws IOException, InterruptedException {
    try (Members members = new Members(bench, kind, memberCount, List.of())) {
      for (Watchers.Api api : Watchers.Api.values()) {
        for (int count : bench.settings().watchers()) {
          if (count + FILES_BESIDE > Machine.filesMax()) {
            Bench.tell("skipped: " + count + " watchers, ulimit -Hn is " + Machine.filesMax());
            continue;
          }
          measure(
              members,
              api,
              count,
              new Results.Place(NAME, memberCount, kind, api.label, count + "", round));
        }
      }
    }
  }

  private void measure(Members members, Watchers.Api api, int count, Results.Place place)
      throws IOException, InterruptedException {
    List<InetSocketAddress> addresses = new ArrayList<>();
    for (int i = 0; i < members.count(); i++) {
      int port = URI.create(members.url(i)).getPort();
      addresses.add(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }
    long[] nanos = new long[bench.settings().writes()];
    try (Watchers watchers = new Watchers(api, addresses, count, addresses.get(members.leader()))) {
      for (int i = 0; i < WARM_WRITES; i++) {
        watchers.write();
      }
      long cpuMicros = members.cpuMicros();
      for (int i = 0; i < nanos.length; i++) {
        nanos[i] = watchers.write();
      }
      cpuMicros = members.cpuMicros() - cpuMicros;
      Arrays.sort(nanos);
      bench.results().add(place, "p50 ms", millis(nanos, 0.5));
      bench.results().add(place, "p99 ms", millis(nanos, 0.99));
      bench.results().add(place, "CPU µs/event", cpuMicros / ((double) nanos.length * count));
    }
  }

  private static double millis(long[] sorted, double quantile) {
    return sorted[(int) Math.ceil(quantile * sorted.length) - 1] / 1e6;
  }
}
