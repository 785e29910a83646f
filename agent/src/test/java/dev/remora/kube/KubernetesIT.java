package dev.remora.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real programs with the arguments, variables, files, probes and hooks of the manifests. With
 * {@code -Dkubernetes.it=true}: it starts a dozen JVMs.
 */
@EnabledIfSystemProperty(named = "kubernetes.it", matches = "true")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class KubernetesIT {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Before the arguments of a hook: the JVM, and the file of its options. */
  private static final int WORDS_OF_IMAGE = 2;

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Pod> servers = new ArrayList<>();

  private Path directory = Path.of("unset");
  private Manifests manifests;
  private Pod.Cluster cluster;

  @BeforeAll
  void startCluster(@TempDir Path shared) throws IOException {
    directory = shared;
    manifests = Manifests.of("example");
    ThreadLocalRandom random = ThreadLocalRandom.current();
    String network = "127.%d.%d".formatted(random.nextInt(1, 250), random.nextInt(1, 250));
    cluster = new Pod.Cluster(manifests, network);
    for (int i = 0; i < 3; i++) {
      servers.add(server(i));
      servers.getLast().start(program("server"));
    }
    for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
      servers.forEach(server -> server.awaitProbe(probe));
    }
  }

  @AfterAll
  void stopCluster() {
    servers.forEach(Pod::close);
  }

  private Pod server(int number) throws IOException {
    JsonNode set = manifests.find("StatefulSet", "remora").orElseThrow();
    String name = "remora-" + number;
    Pod pod = new Pod(cluster, set, "server", name, 10 + number, directory.resolve(name));
    // A machine that is busy with other tests is to depose no leader.
    pod.variables().put("REMORA_HEARTBEAT_INTERVAL", "300");
    pod.variables().put("REMORA_ELECTION_TIMEOUT", "3000");
    return pod;
  }

  /** Quick to start: they never run long. */
  private static List<String> program(String module) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Xmx96m",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-jar",
        Path.of("..", module, "target", "remora-" + module + ".jar").toAbsolutePath().toString());
  }

  private String keys(String method, String path, String body) {
    try {
      String url = "http://" + servers.getFirst().address() + ":2379/v2/keys" + path;
      return http.send(
              HttpRequest.newBuilder(URI.create(url))
                  .timeout(PATIENCE)
                  .header("Content-Type", "application/x-www-form-urlencoded")
                  .method(method, HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void everyVariableOfTheServerIsAFlag() throws Exception {
    List<String> command = new ArrayList<>(program("server"));
    command.add("--help");
    Process help = new ProcessBuilder(command).redirectErrorStream(true).start();
    String flags = new String(help.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(help.waitFor()).isZero();
    for (String overlay : List.of("base/statefulset.yaml", "tls/statefulset.yaml")) {
      String text = Files.readString(Manifests.ROOT.resolve("server").resolve(overlay));
      Matcher variable = Pattern.compile("name: REMORA_(\\w+)").matcher(text);
      while (variable.find()) {
        String flag = "--" + variable.group(1).toLowerCase(Locale.ROOT).replace('_', '-');
        assertThat(flags).contains(flag + "=");
      }
    }
  }

  @Test
  void aPodRegistersItselfIsFoundByTheGatewayAndDrains() throws Exception {
    JsonNode deployment = manifests.find("Deployment", "web").orElseThrow();
    JsonNode gateways = manifests.find("Deployment", "gateway").orElseThrow();
    try (Pod web = new Pod(cluster, deployment, "agent", "web-a", 30, directory.resolve("web-a"));
        Pod gateway =
            new Pod(cluster, gateways, "agent", "gateway-a", 31, directory.resolve("gw"))) {
      HttpServer served = HttpServer.create(new InetSocketAddress(web.address(), 8080), 0);
      served.createContext("/", exchange -> exchange.sendResponseHeaders(204, -1));
      served.start();
      web.start(program("agent"));
      gateway.start(program("agent"));
      for (Pod pod : List.of(web, gateway)) {
        pod.awaitProbe("startupProbe"); // The gateway's too, though there is no nginx to reload.
        pod.awaitProbe("livenessProbe");
        assertThat(pod.get("health", "/v1/services").statusCode()).isEqualTo(404);
        assertThat(pod.get("health", "/quitquitquit").statusCode()).isEqualTo(404);
      }

      assertThat(web.file("/rendered/index.html")).content().contains("Hello from web-a");
      await().atMost(PATIENCE).until(() -> instances().contains("\\\"status\\\":\\\"passing\\\""));
      assertThat(instances()).contains(web.address());
      Path made = gateway.file("/rendered/gateway.conf");
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertThat(made).content().contains("server " + web.address() + ":8080;"));
      checkByNginx(made);
      checkScrape("agent", web.get("health", "/metrics").body());

      assertThat(web.runPreStop(program("agent"), WORDS_OF_IMAGE)).isZero();
      assertThat(instances()).doesNotContain(web.address());
      assertThat(web.awaitEnd()).isZero();
      assertThat(gateway.stop()).isZero();
      served.stop(0);
      checkLog(gateway.log());
    }
  }

  private String instances() {
    return keys("GET", "/services/web?recursive=true", "");
  }

  private static void checkByNginx(Path made) throws Exception {
    if (Files.isExecutable(Path.of("/usr/sbin/nginx"))) {
      Path whole = made.resolveSibling("nginx.conf");
      Files.writeString(
          whole,
          "pid %s;\nerror_log stderr;\nevents {}\nhttp { access_log off; include %s; }\n"
              .formatted(made.resolveSibling("pid"), made));
      Process nginx =
          new ProcessBuilder("/usr/sbin/nginx", "-t", "-c", whole.toString())
              .redirectErrorStream(true)
              .start();
      String said = new String(nginx.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(nginx.waitFor()).as(said).isZero();
    }
  }

  /** One object a line, but for what the JVM says of itself. */
  private static void checkLog(Path log) throws IOException {
    List<String> lines =
        Files.readAllLines(log).stream().filter(line -> line.startsWith("{")).toList();
    assertThat(lines).isNotEmpty();
    for (String line : lines) {
      assertThat(JSON.readTree(line).path("formattedMessage").isTextual()).as(line).isTrue();
    }
  }

  @Test
  void anInitContainerRendersOnce() throws Exception {
    Manifests init = Manifests.of("agent/init");
    JsonNode job = init.find("Job", "report").orElseThrow();
    keys("PUT", "/settings/report/limit", "value=a+b");
    Pod.Cluster with = new Pod.Cluster(init, cluster.network());
    try (Pod pod = new Pod(with, job, "agent", "report", 32, directory.resolve("report"))) {
      pod.start(program("agent"));

      assertThat(pod.awaitEnd()).isZero();
      assertThat(pod.file("/rendered/settings.env")).content().contains("limit='a b'");
    }
  }

  @Test
  void anAgentOfANodeRegistersWhatTheNodeServes() throws Exception {
    Manifests node = Manifests.of("agent/daemonset");
    JsonNode set = node.find("DaemonSet", "remora-agent").orElseThrow();
    Pod.Cluster with = new Pod.Cluster(node, cluster.network());
    try (Pod pod = new Pod(with, set, "agent", "node-a", 33, directory.resolve("node"))) {
      Files.writeString(
          pod.file("/etc/remora/services.d").resolve("ntp.yaml"), "{name: ntp, port: 123}\n");
      pod.start(program("agent"));
      pod.awaitProbe("startupProbe");
      pod.awaitProbe("livenessProbe");

      await().atMost(PATIENCE).until(() -> keys("GET", "/services/ntp", "").contains("ntp-node-a"));
      assertThat(pod.stop()).isZero();
      assertThat(keys("GET", "/services/ntp", "")).contains("\"errorCode\":100");
    }
  }

  @Test
  void theServersMetricsAreWhatPrometheusReads() throws Exception {
    keys("PUT", "/metrics/one", "value=1");

    checkScrape("server", servers.getFirst().get("metrics", "/metrics").body());
  }

  /** It is strictly of its format, and has all that the dashboard and the alerts ask for. */
  private static void checkScrape(String program, String text) throws IOException {
    Exposition scrape = new Exposition(text);
    assertThat(scrape.problems()).isEmpty();
    Set<String> wanted = new TreeSet<>();
    for (String file : List.of("dashboard.json", "alerts.yaml")) {
      wanted.addAll(
          Queries.metrics(
              Files.readString(Manifests.ROOT.resolve("server/monitoring").resolve(file)),
              program));
    }
    assertThat(wanted).isNotEmpty();
    assertThat(scrape.names()).containsAll(wanted);
  }

  @Test
  void theClusterGrowsToFiveAndShrinksToThree() throws Exception {
    for (int number = 3; number < 5; number++) {
      writeStart(server(number), number);
    }
    try {
      assertThat(scale(5)).isZero();
      assertThat(names())
          .containsExactly("remora-0", "remora-1", "remora-2", "remora-3", "remora-4");
      keys("PUT", "/scaled", "value=yes");
      assertThat(scale(3)).isZero();
      assertThat(names()).containsExactly("remora-0", "remora-1", "remora-2");
      assertThat(keys("GET", "/scaled", "")).contains("\"yes\"");
    } finally {
      for (int number = 3; number < 5; number++) {
        Path pid = directory.resolve("remora-" + number + ".pid");
        if (Files.exists(pid)) {
          ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
              .ifPresent(ProcessHandle::destroyForcibly);
        }
      }
    }
  }

  /** What the StatefulSet would start, with what the ConfigMap would say by then. */
  private void writeStart(Pod pod, int number) throws IOException {
    StringBuilder script = new StringBuilder("set -eu\n");
    pod.variables()
        .forEach((name, value) -> script.append("export %s='%s'\n".formatted(name, value)));
    script.append("export REMORA_INITIAL_CLUSTER=$INITIAL_CLUSTER\n");
    script.append("export REMORA_INITIAL_CLUSTER_STATE=existing\n");
    program("server").forEach(word -> script.append("'%s' ".formatted(word)));
    script.append(">>'%s' 2>&1 </dev/null &\necho $! >$NAME.pid\n".formatted(pod.log()));
    Files.writeString(directory.resolve("start-remora-" + number), script);
  }

  private int scale(int members) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
                Manifests.ROOT.resolve("scale").toString(),
                Integer.toString(members),
                "--url",
                "http://" + servers.getFirst().address() + ":2379",
                "--name",
                "remora",
                "--peer-url",
                "http://" + cluster.network() + ".1{}:2380",
                "--start",
                "bash start-$NAME",
                "--stop",
                "kill $(cat $NAME.pid) || true")
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(directory.resolve("scale.log").toFile()));
    builder.environment().put("PATIENCE", Long.toString(PATIENCE.toSeconds()));
    Process scale = builder.start();
    assertThat(scale.waitFor(4 * PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return scale.exitValue();
  }

  private List<String> names() throws Exception {
    String members = servers.getFirst().get("client", "/v2/members").body();
    List<String> names = new ArrayList<>();
    JSON.readTree(members)
        .path("members")
        .forEach(member -> names.add(member.path("name").asText()));
    return names.stream().sorted().toList();
  }
}
