import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** The pictures of all results there are. */
final class Plots {
  private final Results results;
  private final Path dir;

  Plots(Results results, Path dir) {
    this.results = results;
    this.dir = dir;
  }

  /** Draws each picture that there is a measurement for. */
  void write() throws IOException {
    for (int count : List.of(1, 3)) {
      String members = count == 1 ? ", one member" : ", three members";
      List<Plot.Panel> rates = new ArrayList<>();
      List<Plot.Panel> latencies = new ArrayList<>();
      List<Plot.Panel> fanOuts = new ArrayList<>();
      for (Throughput.Method method : Throughput.Method.values()) {
        rates.add(panel(Throughput.NAME, count, method.label, "", List.of("requests/s")));
        latencies.add(
            panel(Throughput.NAME, count, method.label, "ms", List.of("p50 ms", "p99 ms")));
      }
      for (Watchers.Api api : Watchers.Api.values()) {
        fanOuts.add(panel(FanOut.NAME, count, api.label, "ms", List.of("p50 ms", "p99 ms")));
      }
      draw("throughput-" + count, "Requests a second" + members, rates);
      draw("latency-" + count, "Time of a request" + members, latencies);
      draw("fan-out-" + count, "From a write to the last watcher" + members, fanOuts);
    }
    draw(
        "keys",
        "Memory and restart, values of 100 bytes, one member",
        List.of(
            panel(Keys.NAME, 1, "memory", "MiB", List.of("RSS MiB", "RSS at rest MiB")),
            panel(Keys.NAME, 1, "restart", "ms", List.of("ms"))));
    draw(
        "failover",
        "Fail-over, three members",
        List.of(panel(Failover.NAME, 3, Failover.WHAT, "ms", List.of("ms until a write"))));
    draw("file", "The agent's file", List.of(filePanel()));
  }

  private void draw(String name, String title, List<Plot.Panel> panels) throws IOException {
    List<Plot.Panel> filled = panels.stream().filter(panel -> !panel.series().isEmpty()).toList();
    if (!filled.isEmpty()) {
      new Plot(title, filled).write(dir.resolve(name + ".svg"));
    }
  }

  /** One series for each server and metric; the second metric is dashed. */
  private Plot.Panel panel(
      String experiment, int memberCount, String what, String unit, List<String> metrics) {
    List<Results.Line> lines =
        results.lines().stream()
            .filter(line -> line.place().experiment().equals(experiment))
            .filter(line -> line.place().memberCount() == memberCount)
            .filter(line -> line.place().what().equals(what) && metrics.contains(line.metric()))
            .toList();
    LinkedHashSet<String> xs = new LinkedHashSet<>();
    lines.forEach(line -> xs.add(line.place().x()));
    List<Plot.Series> series = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      for (String metric : metrics) {
        Map<String, Spread> points = new LinkedHashMap<>();
        for (String x : xs) {
          addPoint(
              points,
              x,
              lines.stream()
                  .filter(line -> line.place().kind() == kind && line.place().x().equals(x))
                  .filter(line -> line.metric().equals(metric))
                  .toList());
        }
        if (!points.isEmpty()) {
          String suffix = metrics.size() == 1 ? "" : ", " + metric.replace(" " + unit, "");
          boolean isDashed = metric.equals(metrics.getLast()) && metrics.size() > 1;
          series.add(new Plot.Series(kind.label + suffix, kind.colour, isDashed, points));
        }
      }
    }
    boolean isLine = !experiment.equals(Failover.NAME);
    return new Plot.Panel(
        what, Table.axis(experiment), unit, List.copyOf(xs), !unit.isEmpty(), isLine, series);
  }

  /** Here the quantiles are along the x axis. */
  private Plot.Panel filePanel() {
    List<String> quantiles = List.of("p50 ms", "p90 ms", "p99 ms");
    List<Plot.Series> series = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      Map<String, Spread> points = new LinkedHashMap<>();
      for (String quantile : quantiles) {
        addPoint(
            points,
            quantile.replace(" ms", ""),
            results.lines().stream()
                .filter(line -> line.place().experiment().equals(FileLatency.NAME))
                .filter(line -> line.place().kind() == kind && line.metric().equals(quantile))
                .toList());
      }
      if (!points.isEmpty()) {
        series.add(new Plot.Series(kind.label, kind.colour, false, points));
      }
    }
    return new Plot.Panel(
        "from the reply of a put to the file",
        "",
        "ms",
        List.of("p50", "p90", "p99"),
        false,
        false,
        series);
  }

  private static void addPoint(Map<String, Spread> points, String x, List<Results.Line> lines) {
    if (!lines.isEmpty()) {
      points.put(x, Spread.of(lines.stream().map(Results.Line::value).toList()));
    }
  }
}
