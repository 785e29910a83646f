package dev.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What checks make of the records, by a real process against a real registry. */
@ParameterizedClass(name = "{0}")
@EnumSource(RegistryKind.class)
final class AgentCheckTest extends AgentFixture {
  private static final String KEY = "/services/web/web-n1-80";

  private final AtomicInteger code = new AtomicInteger(200);
  private final AtomicInteger requests = new AtomicInteger();
  private HttpServer checked;

  AgentCheckTest(RegistryKind kind) {
    super(kind);
  }

  @BeforeEach
  void serve() throws IOException {
    checked = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    checked.createContext(
        "/",
        exchange -> {
          requests.incrementAndGet();
          exchange.sendResponseHeaders(code.get(), -1);
          exchange.close();
        });
    checked.start();
  }

  @AfterEach
  void end() {
    checked.stop(0);
  }

  @Test
  void theStatusFollowsTheCheckAndAKilledAgentsSuccessorDoesNotChangeIt() throws Exception {
    Path config = config(service("damping: {suppress: 100}"));
    try (AgentProcess agent = AgentProcess.ready(directory, config)) {
      awaitStatus("passing");
      code.set(429);
      awaitStatus("warning");
      code.set(500);
      awaitStatus("critical");
      code.set(200);
      awaitStatus("passing");
      agent.kill();
    }
    long before = client.version(KEY);

    // A check that will not run for long: what the registry shows is from before.
    Path later = config(service("damping: {suppress: 100}").replace("100ms", "1h"));
    try (AgentProcess agent = AgentProcess.ready(directory, later)) {
      agent.awaitLine("taking over our earlier record key=" + KEY);
      assertThat(status()).isEqualTo("passing");
      assertThat(client.version(KEY))
          .as("one write moves it to the new lease")
          .isEqualTo(before + 1);
    }
  }

  @Test
  void aFlappingCheckIsHeldWithAReason() throws Exception {
    Path config = config(service("damping: {half_life: 1h}"));
    try (AgentProcess agent = AgentProcess.ready(directory, config)) {
      awaitStatus("passing");
      code.set(500);
      awaitStatus("critical");
      code.set(200);
      awaitStatus("passing");
      code.set(500);
      awaitStatus("critical");
      long held = client.version(KEY);
      code.set(200);
      agent.awaitLine("service web/web-n1-80 is critical: flapping: penalty");
      int seen = requests.get();
      await().until(() -> requests.get() > seen + 3);

      assertThat(client.version(KEY)).isEqualTo(held);
    }
  }

  @Test
  void whoIsCriticalForTooLongIsTakenOutAndPutBack() throws Exception {
    Path config = config(service("damping: {suppress: 100}, deregister_critical_after: 300ms"));
    try (AgentProcess agent = AgentProcess.ready(directory, config)) {
      awaitStatus("passing");
      code.set(500);
      agent.awaitLine("not registered: critical for 300 ms");
      await().until(() -> client.value(KEY).isEmpty());
      code.set(200);
      awaitStatus("passing");
    }
  }

  @Test
  void onSigtermServicesAreDrainedThenGoneAndTheExitCodeIsZero() throws Exception {
    Path config = config(service("zone: a") + "drain_wait: 700ms\n");
    try (AgentProcess agent = AgentProcess.ready(directory, config)) {
      awaitStatus("passing");
      agent.signal("TERM");
      awaitStatus("draining");
      assertThat(agent.exitCode()).isZero();
      assertThat(client.keys("/")).isEmpty();
    }
  }

  @Test
  void aCommandCheckNeverOverlapsItself() throws Exception {
    Path script = directory.resolve("check.sh");
    Files.writeString(
        script,
        """
        mkdir busy || echo overlap >> overlaps
        sleep 0.3; rmdir busy; echo >> runs
        """);
    Path config =
        config(
            "services: [{name: web, port: 80, checks: [{command: [sh, "
                + script
                + "], interval: 100ms, timeout: 5s}]}]\n");
    try (AgentProcess agent = AgentProcess.ready(directory, config)) {
      awaitStatus("passing");
      await().until(() -> Files.readAllLines(directory.resolve("runs")).size() >= 4);
      assertThat(directory.resolve("overlaps")).doesNotExist();
      agent.kill();
    }
  }

  private String service(String more) {
    return "services: [{name: web, port: 80, checks: [{http: 'http://127.0.0.1:"
        + checked.getAddress().getPort()
        + "/', interval: 100ms}], "
        + more
        + "}]\n";
  }

  private void awaitStatus(String status) {
    await().untilAsserted(() -> assertThat(status()).isEqualTo(status));
  }

  private String status() {
    return client.value(KEY).map(value -> new JsonObject(value).getString("status")).orElse("none");
  }
}
