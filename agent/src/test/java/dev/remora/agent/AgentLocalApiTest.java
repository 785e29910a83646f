package dev.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a program of the host asks of the agent, by a real process against a real registry. */
@ParameterizedClass(name = "{0}")
@EnumSource(RegistryKind.class)
final class AgentLocalApiTest extends AgentFixture {
  private static final String LISTEN = "listen: 127.0.0.1:0\n";

  AgentLocalApiTest(RegistryKind kind) {
    super(kind);
  }

  @Test
  void aServiceIsRegisteredReportedOnMaintainedKeptOverAKillAndTakenOut() throws Exception {
    Path config = config(LISTEN);
    String key = "/services/shop/shop-1";
    try (AgentProcess agent = AgentProcess.ready(directory, config)) {
      LocalClient local = LocalClient.of(agent);
      String definition =
          "{\"name\":\"shop\",\"port\":80,\"checks\":[{\"ttl\":\"10m\"}],"
              + "\"damping\":{\"suppress\":100}}";
      assertThat(local.send("PUT", "/v1/agent/services/shop-1", definition).statusCode())
          .isEqualTo(200);
      awaitStatus(key, "critical");
      assertThat(local.status("PUT", "/v1/agent/checks/service:shop-1/pass")).isEqualTo(200);
      awaitStatus(key, "passing");
      assertThat(local.status("PUT", "/v1/agent/checks/service:shop-1/warn?note=slow"))
          .isEqualTo(200);
      awaitStatus(key, "warning");
      assertThat(local.status("PUT", "/v1/agent/services/shop-1/maintenance?reason=disk"))
          .isEqualTo(200);
      awaitStatus(key, "maintenance");
      JsonObject shown = local.list("/v1/agent/services").getJsonObject(0);
      assertThat(shown.getString("reason")).isEqualTo("disk");
      assertThat(shown.getJsonArray("checks").getJsonObject(0).getString("reason"))
          .isEqualTo("slow");
      assertThat(local.status("DELETE", "/v1/agent/services/shop-1/maintenance")).isEqualTo(200);
      awaitStatus(key, "warning");
      agent.kill();
    }

    try (AgentProcess agent = AgentProcess.ready(directory, config)) {
      assertThat(status(key)).as("as before the kill").isEqualTo("warning");
      LocalClient local = LocalClient.of(agent);
      assertThat(local.status("DELETE", "/v1/agent/services/shop-1")).isEqualTo(200);
      await().until(() -> client.value(key).isEmpty());
      assertThat(local.status("DELETE", "/v1/agent/services/shop-1")).isEqualTo(404);
    }
  }

  @Test
  void aServiceOfTheRegistryIsShownPolledStreamedAndServedStale() throws Exception {
    Path config = config(LISTEN);
    client.put("/services/web/a", "{\"id\":\"a\",\"status\":\"passing\"}");
    client.put("/services/web/b", "{\"id\":\"b\",\"status\":\"critical\"}");
    client.put("/services/web/c", "not json");
    try (AgentProcess agent = AgentProcess.ready(directory, config)) {
      LocalClient local = LocalClient.of(agent);
      assertThat(ids(local.get("/v1/services/web"))).containsExactly("a", "b");
      JsonObject passing = local.get("/v1/services/web?passing");
      assertThat(ids(passing)).containsExactly("a");
      assertThat(local.get("/v1/services").getJsonObject("services").getJsonObject("web"))
          .isEqualTo(new JsonObject().put("instances", 2).put("passing", 1));

      var poll =
          local.sendAsync(
              "GET", "/v1/services/web?wait=25s&revision=" + passing.getLong("revision"), "");
      var other =
          local.sendAsync(
              "GET", "/v1/services/none?wait=300ms&revision=" + passing.getLong("revision"), "");
      assertThat(poll).isNotDone();
      try (BufferedReader events = events(local)) {
        assertThat(event(events)).contains("\"a\"").doesNotContain("\"d\"");
        client.put("/services/web/d", "{\"id\":\"d\",\"status\":\"passing\"}");
        assertThat(event(events)).contains("\"d\"");
      }
      HttpResponse<String> news = poll.join();
      assertThat(ids(new JsonObject(news.body()))).containsExactly("a", "b", "d");
      assertThat(news.headers().firstValue("X-Remora-Age")).contains("0");
      assertThat(other.join().statusCode()).isEqualTo(200);

      registry.kill();
      await()
          .untilAsserted(() -> {
            HttpResponse<String> stale = local.send("GET", "/v1/services/web", "");
            assertThat(ids(new JsonObject(stale.body()))).containsExactly("a", "b", "d");
            assertThat(Long.parseLong(stale.headers().firstValue("X-Remora-Age").orElseThrow()))
                .isPositive();
          });
      assertThat(local.get("/v1/agent").getString("trouble")).contains("registry");
    }
  }

  @Test
  void healthDoesNotDependOnTheRegistryAndMistakesAreExplained() throws Exception {
    registry.kill();
    Path config = config(LISTEN + "services: [{name: web, port: 80}]\n");
    try (AgentProcess agent = AgentProcess.start(directory, "--config", config.toString())) {
      LocalClient local = LocalClient.of(agent);
      assertThat(local.status("GET", "/livez")).isEqualTo(200);
      assertThat(local.status("GET", "/readyz")).isEqualTo(503);
      assertThat(local.status("GET", "/startup")).isEqualTo(200);
      assertThat(local.status("GET", "/v1/services/web?wait=50ms")).isEqualTo(503);
      assertThat(local.send("GET", "/metrics", "").body())
          .contains("remora_ready 0.0", "remora_services{status=\"passing\"} 1.0")
          .contains("remora_view_age_seconds", "remora_api_requests_total{code=\"503\"}");

      assertThat(local.send("GET", "/v1/service", "").body()).contains("known are /v1/services");
      assertThat(local.status("POST", "/v1/agent/services/x")).isEqualTo(405);
      assertThat(local.status("PUT", "/v1/agent/services/web-n1-80")).isEqualTo(400);
      assertThat(
              local
                  .send("PUT", "/v1/agent/services/web-n1-80", "{\"name\":\"x\",\"port\":1}")
                  .statusCode())
          .isEqualTo(409);
      assertThat(
              new JsonObject(local.send("PUT", "/v1/agent/services/x", "{\"nam\":\"x\"}").body()))
          .isEqualTo(
              new JsonObject()
                  .put("error", "not a service definition")
                  .put(
                      "problems",
                      new JsonArray()
                          .add("body:1: name: is missing")
                          .add("body:1: port: is missing")
                          .add("body:1: nam: unknown key, did you mean 'name'?")));
      assertThat(local.status("PUT", "/v1/agent/checks/service:web-n1-80/pass")).isEqualTo(404);
      assertThat(local.send("PUT", "/v1/agent/services/x", "x".repeat(300_000)).statusCode())
          .isEqualTo(413);
      assertThat(local.status("GET", "/v1/services/web?wait=long")).isEqualTo(400);
      assertThat(
              local
                  .send("POST", "/v1/agent/drain", "", "Origin", "http://evil.example")
                  .statusCode())
          .isEqualTo(403);
      assertThat(local.status("GET", "/livez")).isEqualTo(200);
    }
  }

  @Test
  void drainingShowsItWaitsDeregistersAndEndsWithZero() throws Exception {
    Path config = config(LISTEN + "services: [{name: web, port: 80}]\n");
    try (AgentProcess agent = AgentProcess.ready(directory, config)) {
      LocalClient local = LocalClient.of(agent);
      var drained = local.sendAsync("POST", "/v1/agent/drain?wait=500ms", "");
      awaitStatus("/services/web/web-n1-80", "draining");
      assertThat(drained.join().statusCode()).isEqualTo(200);
      assertThat(client.keys("/")).isEmpty();
      assertThat(agent.exitCode()).isZero();
    }
  }

  @Test
  void aUnixSocketIsForItsOwnerAndGroupAndIsTakenOverFromAnEarlierLife() throws Exception {
    Path config = config("");
    try (AgentProcess agent = AgentProcess.ready(directory, config)) {
      agent.awaitLine("local API listens at " + socket());
      agent.kill();
    }
    try (AgentProcess agent = AgentProcess.ready(directory, config)) {
      agent.awaitLine("local API listens at " + socket());
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())))
          .isEqualTo("rw-rw----");
      assertThat(overSocket("GET /livez HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.0 200 OK");
    }
  }

  private String overSocket(String request) throws Exception {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket()));
      channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
      ByteBuffer answer = ByteBuffer.allocate(1_000);
      int count = channel.read(answer);
      while (count > 0) {
        count = channel.read(answer);
      }
      return new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII);
    }
  }

  private static BufferedReader events(LocalClient local) throws Exception {
    var connection = URI.create(local.url() + "/v1/services/web").toURL().openConnection();
    connection.setRequestProperty("Accept", "text/event-stream");
    connection.setReadTimeout(20_000);
    return new BufferedReader(
        new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
  }

  /** The data of the next event. */
  private static String event(BufferedReader events) throws Exception {
    String line = events.readLine();
    while (!line.startsWith("data: ")) {
      line = events.readLine();
    }
    return line;
  }

  private static List<String> ids(JsonObject answer) {
    return answer.getJsonArray("instances").stream()
        .map(instance -> ((JsonObject) instance).getString("id"))
        .toList();
  }

  private void awaitStatus(String key, String status) {
    await().untilAsserted(() -> assertThat(status(key)).isEqualTo(status));
  }

  private String status(String key) {
    return client.value(key).map(value -> new JsonObject(value).getString("status")).orElse("none");
  }
}
