package dev.remora.server.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What who operates a server looks at: the port for metrics, what is counted, the log. */
final class OperationsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final HttpClient client = HttpClient.newHttpClient();

  @TempDir private Path directory = Path.of("unset");

  @Test
  void thePortForMetricsShowsHealthAndNoKeys() throws IOException, InterruptedException {
    URI metrics = URI.create("http://127.0.0.1:" + StoreProcess.freePort());
    try (ServerProcess server =
        ServerProcess.start(directory, "--listen-metrics-urls", metrics.toString())) {
      assertThat(get(server.url(), "/v2/keys/absent").statusCode()).isEqualTo(404);

      for (String path : List.of("/health", "/livez", "/readyz", "/metrics")) {
        assertThat(get(metrics, path).statusCode()).as(path).isEqualTo(200);
      }
      assertThat(get(metrics, "/v2/keys").statusCode()).isEqualTo(404);
      assertThat(get(metrics, "/v3/kv/range").statusCode()).isEqualTo(404);

      // An answer is counted once it is known to be over.
      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(get(metrics, "/metrics").body())
                  .containsPattern("remora_http_requests_total\\{code=\"200\"\\} \\d+")
                  .containsPattern("remora_http_requests_total\\{code=\"404\"\\} 3\\.0")
                  .containsPattern(
                      Pattern.compile(
                          "^etcd_disk_wal_fsync_duration_seconds_count [1-9]", Pattern.MULTILINE))
                  .containsPattern("remora_client_connections [1-9]"));
    }
  }

  @Test
  void theLogIsOneJsonObjectALineIfWanted() throws IOException {
    try (ServerProcess server =
        ServerProcess.start(directory, "--log-format", "json", "--name", "two\nlines")) {
      ObjectMapper json = new ObjectMapper();

      // The JVM may say something of itself in brackets.
      List<String> lines =
          server.process().output().stream().filter(line -> !line.startsWith("[")).toList();

      assertThat(lines).isNotEmpty();
      for (String line : lines) {
        JsonNode event = json.readTree(line);
        assertThat(event.isObject()).as(line).isTrue();
        assertThat(event.fieldNames())
            .toIterable()
            .contains("timestamp", "level", "loggerName", "formattedMessage");
      }
      assertThat(lines).anyMatch(line -> line.contains("name=two\\nlines"));
    }
  }

  private HttpResponse<String> get(URI base, String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(base.resolve(path)).timeout(PATIENCE).build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
