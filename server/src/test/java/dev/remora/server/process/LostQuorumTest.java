package dev.remora.server.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the one member of three says that is left, as etcd says it (its cases F-01 to F-11). */
final class LostQuorumTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir private Path directory = Path.of("unset");

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  void whoIsLeftReadsOnAndRefusesWhatItCannotDo() {
    try (ServerCluster cluster = ServerCluster.start(directory, "a", "b", "c")) {
      URI a = cluster.url("a");
      assertThat(ask(a, "PUT", "/v2/keys/old?value=1")).startsWith("201 ");
      // The one that does not come back: what was told 500 may be done once there is a quorum.
      String removed = "/v2/members/" + cluster.id("a", "c");
      assertThat(ask(a, "PUT", "/v2/keys/short?value=1&ttl=10")).startsWith("201 ");
      cluster.kill("b");
      cluster.kill("c");

      Map<String, CompletableFuture<String>> refused = new TreeMap<>();
      for (String request :
          List.of(
              "PUT /v2/keys/new?value=1",
              "GET /v2/keys/old?quorum=true",
              "POST /v2/keys/queue?value=1",
              "DELETE /v2/keys/old",
              "POST /v2/members {'peerURLs':['http://127.0.0.1:1']}",
              "PUT " + removed + " {'peerURLs':['http://127.0.0.1:1']}",
              "DELETE " + removed,
              "PUT /v2/auth/users/bob {'user':'bob','password':'x'}")) {
        refused.put(request, send(a, request));
      }
      assertThatReadsGoOn(a);
      refused.forEach((request, answer) ->
          assertThat(answer.join())
              .as(request)
              .startsWith(
                  request.contains("/v2/keys")
                      ? "500 {\"errorCode\":300,\"message\":\"Raft Internal Error\","
                          + "\"cause\":\"etcdserver: request timed out"
                      : "500 {\"message\":\"Internal Server Error\"}"));
      awaitAnswer(a, "GET /v2/keys/short", "\"ttl\":-");

      cluster.start("b", List.of("a", "b", "c"), "new");
      awaitAnswer(a, "GET /health", "200 {\"health\":\"true\"}");
      awaitAnswer(a, "PUT /v2/keys/after?value=1", "201 ");
      awaitAnswer(a, "GET /v2/keys/short", "404 ");
    }
  }

  private void assertThatReadsGoOn(URI a) {
    awaitAnswer(a, "GET /v2/members/leader", "503 {\"message\":\"During election\"}");
    awaitAnswer(a, "GET /health", "503 {\"health\":\"false\"}");
    assertThat(ask(a, "GET", "/v2/stats/leader")).startsWith("403 ");
    assertThat(ask(a, "GET", "/v2/keys/old")).startsWith("200 ").contains("\"value\":\"1\"");
    assertThat(ask(a, "HEAD", "/v2/keys/old")).startsWith("200 ");
    assertThat(ask(a, "GET", "/v2/keys/old?recursive=x")).startsWith("400 ");
    assertThat(ask(a, "GET", "/v2/keys/missing")).startsWith("404 ");
    assertThat(ask(a, "GET", "/v2/keys/old?wait=true&waitIndex=1")).startsWith("200 ");
    for (String path :
        List.of(
            "/v2/members",
            "/v2/machines",
            "/version",
            "/v2/stats/self",
            "/v2/stats/store",
            "/v2/auth/enable")) {
      assertThat(ask(a, "GET", path)).as(path).startsWith("200 ");
    }
  }

  private void awaitAnswer(URI at, String request, String part) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(() -> assertThat(send(at, request).join()).contains(part));
  }

  private String ask(URI at, String method, String path) {
    return send(at, method + " " + path).join();
  }

  /** A method, a path and JSON in simple quotes, if any; the status, a blank and the body. */
  private CompletableFuture<String> send(URI at, String request) {
    String[] parts = request.split(" ", 3);
    String body = parts.length > 2 ? parts[2].replace('\'', '"') : "";
    HttpRequest.Builder built =
        HttpRequest.newBuilder(URI.create(at + parts[1]))
            .timeout(PATIENCE)
            .method(parts[0], BodyPublishers.ofString(body));
    if (!body.isEmpty()) {
      built.header("Content-Type", "application/json");
    }
    return client
        .sendAsync(built.build(), BodyHandlers.ofString())
        .thenApply(response -> response.statusCode() + " " + response.body());
  }
}
