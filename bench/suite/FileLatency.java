import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * From the reply of a write to the file that the agent renders from it, one change at a time: the
 * agent beside one member of each registry, and {@code bench/WriteToFile.java}.
 */
final class FileLatency implements Experiment {
  static final String NAME = "file";

  private static final int PATIENCE_SECONDS = 60;
  private static final Pattern RESULT =
      Pattern.compile("p50 ([\\d.]+) ms  p90 ([\\d.]+) ms  p99 ([\\d.]+) ms  max ([\\d.]+) ms");

  private final Bench bench;

  FileLatency(Bench bench) {
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
    Path dir = bench.newDirectory("agent");
    try (Members members = new Members(bench, kind, memberCount, List.of())) {
      Path rendered = Files.createDirectory(dir.resolve("rendered")).resolve("upstreams.conf");
      Path config = dir.resolve("agent.yaml");
      Files.writeString(config, config(members.url(0), dir, rendered));
      Child agent =
          bench
              .processes()
              .start(
                  "agent",
                  "agent ready",
                  List.of(
                      bench.root().resolve("remora").toString(),
                      "agent",
                      "--config",
                      config.toString()));
      try {
        agent.awaitReady(PATIENCE_SECONDS);
        measure(
            members.url(0), rendered, new Results.Place(NAME, memberCount, kind, NAME, "", round));
      } finally {
        agent.kill();
      }
    }
    Bench.delete(dir);
  }

  /** As {@code ./remora dev} has it. JSON is YAML, and a path is quoted as in JSON. */
  private String config(String url, Path dir, Path rendered) {
    return """
    node: bench
    registry: {endpoints: ["%s"]}
    data_dir: "%s"
    listen: "127.0.0.1:0"
    services:
      - {name: web, id: web-1, address: 127.0.0.1, port: 8081}
    templates:
      - source: "%s"
        destination: "%s"
    """
        .formatted(
            url,
            dir.resolve("data"),
            bench.root().resolve("templates/nginx-upstreams/upstreams.conf.peb"),
            rendered);
  }

  private void measure(String url, Path rendered, Results.Place place)
      throws IOException, InterruptedException {
    String said =
        bench
            .processes()
            .run(
                List.of(
                    Bench.java(),
                    bench.root().resolve("bench/WriteToFile.java").toString(),
                    url,
                    rendered.toString(),
                    bench.settings().changes() + ""));
    Matcher result = RESULT.matcher(said);
    if (!result.find()) {
      throw new IOException("no result in:\n" + said);
    }
    bench.results().add(place, "p50 ms", Double.parseDouble(result.group(1)));
    bench.results().add(place, "p90 ms", Double.parseDouble(result.group(2)));
    bench.results().add(place, "p99 ms", Double.parseDouble(result.group(3)));
    bench.results().add(place, "max ms", Double.parseDouble(result.group(4)));
  }
}
