package dev.remora.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A member that makes snapshots often, killed and started again. */
final class SnapshotProcessTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int KEYS = 3000;
  private static final int OUTSTANDING = 50;

  @TempDir private Path directory = Path.of("unset");

  @Test
  void afterAKillAllKeysAndTheHistoryAreThereThroughASnapshot() throws Exception {
    Path data = directory.resolve("data");
    Map<String, Long> indexes;
    try (StoreProcess store = ServerProcess.start(data, "--snapshot-count", "500");
        HttpClient client = client()) {
      indexes = writeAll(client, store.url());
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(snapshots(data)).hasSize(2));
      store.process().kill();
    }

    try (StoreProcess store = ServerProcess.start(data, "--snapshot-count", "500");
        HttpClient client = client()) {
      JsonNode listed = JSON.readTree(get(client, store.url() + "/v2/keys/load").body());
      Map<String, Long> found = new HashMap<>();
      for (JsonNode node : listed.path("node").path("nodes")) {
        assertThat(node.path("value").asText()).isEqualTo("value of " + node.path("key").asText());
        found.put(node.path("key").asText(), node.path("modifiedIndex").asLong());
      }

      assertThat(found).isEqualTo(indexes);
      assertThat(store.process().output())
          .anyMatch(line -> line.matches(".*recovered .* snapshot=[1-9][0-9]* .*"));
      long old = indexes.values().stream().mapToLong(Long::longValue).max().orElseThrow() - 900;
      HttpResponse<String> event =
          get(client, store.url() + "/v2/keys/load?wait=true&recursive=true&waitIndex=" + old);
      assertThat(event.statusCode()).isEqualTo(200);
      JsonNode node = JSON.readTree(event.body()).path("node");
      assertThat(node.path("modifiedIndex").asLong()).isEqualTo(old);
      assertThat(indexes).containsEntry(node.path("key").asText(), old);
    }
  }

  private static Map<String, Long> writeAll(HttpClient client, URI url) throws IOException {
    Map<String, Long> indexes = new HashMap<>();
    for (int start = 0; start < KEYS; start += OUTSTANDING) {
      List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
      for (int i = start; i < start + OUTSTANDING; i++) {
        String key = "/load/" + i;
        answers.add(
            client.sendAsync(
                HttpRequest.newBuilder(URI.create(url + "/v2/keys" + key))
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .PUT(BodyPublishers.ofString("value=value of " + key))
                    .build(),
                BodyHandlers.ofString()));
      }
      for (CompletableFuture<HttpResponse<String>> answer : answers) {
        HttpResponse<String> response = answer.join();
        assertThat(response.statusCode()).isEqualTo(201);
        JsonNode node = JSON.readTree(response.body()).path("node");
        indexes.put(node.path("key").asText(), node.path("modifiedIndex").asLong());
      }
    }
    return indexes;
  }

  private static List<String> snapshots(Path data) throws IOException {
    try (Stream<Path> files = Files.list(data.resolve("member").resolve("snap"))) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.endsWith(".rsnap"))
          .sorted()
          .toList();
    }
  }

  private static HttpResponse<String> get(HttpClient client, String url)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(10)).build(),
        BodyHandlers.ofString());
  }

  private static HttpClient client() {
    return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  }
}
