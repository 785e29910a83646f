package dev.remora.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The root file systems of both images, made and run without a container engine: nothing can be
 * written but the volume, the user is nobody, and there is no other program.
 */
final class ImageIT {
  /** It may build the jars once more, as the launcher does. */
  private static final Duration MAKING = Duration.ofMinutes(10);

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final long AGENT_MB_MAX = 130;
  private static final long SERVER_MB_MAX = 150;
  private static final Path IMAGE = Path.of("..", "image").toAbsolutePath().normalize();

  @TempDir private static Path shared;
  @TempDir private Path directory;
  private final List<Process> started = new ArrayList<>();

  @BeforeAll
  static void makeTrees() throws Exception {
    assumeTrue(
        "root".equals(System.getProperty("user.name")) && canUnshare(),
        "needs root, who may change the root directory of a process");
    Process making =
        new ProcessBuilder(IMAGE.resolve("rootfs").toString(), trees().toString())
            .redirectErrorStream(true)
            .redirectOutput(shared.resolve("rootfs.log").toFile())
            .start();
    boolean isOver = making.waitFor(MAKING.toSeconds(), TimeUnit.SECONDS);
    String said = Files.readString(shared.resolve("rootfs.log"));
    making.destroyForcibly();
    assertThat(isOver && making.exitValue() == 0).as(said).isTrue();
    System.out.print(said);
  }

  private static Path trees() {
    return shared.resolve("trees");
  }

  private static boolean canUnshare() throws InterruptedException {
    try {
      return new ProcessBuilder("unshare", "--mount", "true").start().waitFor() == 0;
    } catch (IOException _) {
      return false;
    }
  }

  @AfterEach
  void end() {
    started.forEach(Process::destroyForcibly);
  }

  @Test
  void bothStartServeRenderAndEndInTheirReadOnlyTrees() throws Exception {
    int port = freePort();
    String url = "http://127.0.0.1:" + port;
    String listening = "--listen-client-urls=" + url;
    Files.createDirectories(directory.resolve("none"));
    Path config = Files.createDirectories(directory.resolve("etc"));
    Files.writeString(config.resolve("t.peb"), "value is {{ key('/x') }}");
    Files.writeString(
        config.resolve("agent.yaml"),
        """
        node: n1
        registry: {endpoints: ['%s']}
        listen: unix:/var/lib/remora/api
        drain_wait: 0s
        templates: [{source: t.peb, destination: /var/lib/remora/out.conf}]
        """
            .formatted(url));

    Process server =
        start("server", "none", Map.of(), listening, "--listen-peer-urls=http://127.0.0.1:0");
    awaitLine(server, "server", "ready to serve client requests");
    assertThat(send("PUT", url + "/v2/keys/x", "value=one")).contains("\"createdIndex\"");
    long startNanos = System.nanoTime();
    Process agent = start("agent", "etc", Map.of(), "--config", "/etc/remora");
    awaitLine(agent, "agent", "agent ready");
    long readyMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);

    Path rendered = directory.resolve("agent-volume/out.conf");
    assertThat(rendered).hasContent("value is one");
    String key = Base64.getEncoder().encodeToString("/x".getBytes(UTF_8));
    String value = Base64.getEncoder().encodeToString("two".getBytes(UTF_8));
    send("POST", url + "/v3/kv/put", "{\"key\":\"%s\",\"value\":\"%s\"}".formatted(key, value));
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(rendered).hasContent("value is two"));
    assertThat(send("GET", url + "/v2/keys/x", "")).contains("\"value\":\"two\"");
    assertThat(start("agent", "etc", Map.of(), "health", "--config", "/etc/remora").waitFor())
        .isZero();
    assertThat(start("server", "none", Map.of(), "health", listening).waitFor()).isZero();
    assertFootprint("agent", agent, AGENT_MB_MAX, 60, readyMillis);
    assertFootprint("server", server, SERVER_MB_MAX, 120, -1);

    assertThat(stop(agent)).isZero();
    assertThat(stop(server)).isZero();
    assertThat(start("server", "none", Map.of(), "health", listening).waitFor()).isEqualTo(1);
    assertThat(start("agent", "etc", Map.of(), "health", "--config", "/etc/remora").waitFor())
        .isEqualTo(7);
  }

  @Test
  void aServiceManagerIsToldHowBothDo() throws Exception {
    assumeTrue(NotifySocket.canBe(), "needs python3");
    int port = freePort();
    Files.createDirectories(directory.resolve("none"));
    Path config = Files.createDirectories(directory.resolve("etc"));
    Files.writeString(
        config.resolve("agent.yaml"),
        """
        node: n1
        registry: {endpoints: ['https://127.0.0.1:%d'], tls: {ca: cert.pem}}
        listen: off
        drain_wait: 0s
        services: [{name: web, port: 80}]
        """
            .formatted(port));
    String ofServer = "@" + directory + "/server";
    String ofAgent = "@" + directory + "/agent";
    try (NotifySocket server = NotifySocket.at(ofServer);
        NotifySocket agent = NotifySocket.at(ofAgent)) {
      Process serving =
          start(
              "server",
              "none",
              Map.of("NOTIFY_SOCKET", ofServer),
              "--auto-tls",
              "--listen-client-urls=https://127.0.0.1:" + port,
              "--listen-peer-urls=http://127.0.0.1:0");
      server.await("READY=1");
      Files.copy(
          directory.resolve("server-volume/data/tls/client/cert.pem"), config.resolve("cert.pem"));
      config.resolve("cert.pem").toFile().setReadable(true, false);
      assertThat(
              start(
                      "server",
                      "none",
                      Map.of(),
                      "health",
                      "--auto-tls",
                      "--listen-client-urls=https://127.0.0.1:" + port)
                  .waitFor())
          .isZero();
      Process rendering =
          start("agent", "etc", Map.of("NOTIFY_SOCKET", ofAgent), "--config", "/etc/remora");
      agent.await("READY=1");

      new ProcessBuilder("kill", "-HUP", Long.toString(rendering.pid())).start().waitFor();
      await().atMost(PATIENCE).until(() -> agent.received().size() >= 3);
      assertThat(stop(rendering)).isZero();
      assertThat(stop(serving)).isZero();
      agent.await("STOPPING=1");
      server.await("STOPPING=1");

      assertThat(server.received()).containsExactly("READY=1", "STOPPING=1");
      assertThat(agent.received()).hasSize(4);
      assertThat(agent.received().get(1)).startsWith("RELOADING=1|MONOTONIC_USEC=");
      assertThat(agent.received().get(2)).isEqualTo("READY=1");
    }
  }

  /** What it takes is printed; the bound on memory is loose, since machines differ. */
  private static void assertFootprint(
      String module, Process process, long megabytesMax, long anonymousMegabytesMax, long millis)
      throws IOException, InterruptedException {
    Path tree = trees().resolve(module);
    Process du = new ProcessBuilder("du", "-sm", tree.toString()).start();
    String size = new String(du.getInputStream().readAllBytes(), UTF_8);
    long megabytes = Long.parseLong(size.substring(0, size.indexOf('\t')));
    Path proc = Path.of("/proc", Long.toString(process.pid()));
    assertThat(Files.readString(proc.resolve("maps"))).contains("remora-" + module + ".aot");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(kilobytes(proc, "RssAnon")).isLessThan(anonymousMegabytesMax * 1_000));
    System.out.printf(
        "image %s: %d MB unpacked, RssAnon %d kB, VmRSS %d kB, ready after %d ms%n",
        module, megabytes, kilobytes(proc, "RssAnon"), kilobytes(proc, "VmRSS"), millis);
    assertThat(megabytes).isLessThanOrEqualTo(megabytesMax);
    assertThat(Files.readString(proc.resolve("status"))).containsPattern("Uid:\t65532\t65532");
  }

  private static long kilobytes(Path proc, String name) throws IOException {
    Matcher line =
        Pattern.compile(name + ":\\s+(\\d+) kB").matcher(Files.readString(proc.resolve("status")));
    assertThat(line.find()).isTrue();
    return Long.parseLong(line.group(1));
  }

  /** With a volume of the module's own; the log is beside it. */
  private Process start(
      String module, String config, Map<String, String> environment, String... arguments)
      throws IOException {
    Path volume = Files.createDirectories(directory.resolve(module + "-volume"));
    List<String> command =
        new ArrayList<>(
            List.of(
                IMAGE.resolve("run").toString(),
                trees().resolve(module).toString(),
                volume.toString(),
                directory.resolve(config).toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(directory.resolve(module + ".log").toFile()));
    builder.environment().putAll(environment);
    Process process = builder.start();
    started.add(process);
    return process;
  }

  private void awaitLine(Process process, String module, String words) {
    Path log = directory.resolve(module + ".log");
    await()
        .atMost(PATIENCE)
        .failFast(() -> assertThat(process.isAlive()).as(Files.readString(log)).isTrue())
        .until(() -> Files.readString(log).contains(words));
  }

  private static int stop(Process process) throws InterruptedException {
    process.destroy();
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private static String send(String method, String url, String body) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      String type = body.startsWith("{") ? "application/json" : "application/x-www-form-urlencoded";
      return client
          .send(
              HttpRequest.newBuilder(URI.create(url))
                  .header("Content-Type", type)
                  .method(method, BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
