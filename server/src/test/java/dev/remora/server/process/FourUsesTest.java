package dev.remora.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.remora.server.process.Curl.Answer;
import dev.remora.server.process.Curl.Waiting;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What people build on the v2 API: each use once, from end to end. */
final class FourUsesTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int RACERS = 50;

  @TempDir private Path directory = Path.of("unset");

  @ParameterizedTest
  @EnumSource
  void aServicesInstancesAreFoundByItsName(Stores stores) throws JsonProcessingException {
    try (StoreProcess store = stores.start(directory.resolve("data"))) {
      Curl curl = new Curl(store.url());
      curl.run("/services/web/a", "-XPUT", "-d", "value=10.0.0.1:80", "-d", "ttl=30");
      curl.run("/services/web/b", "-XPUT", "-d", "value=10.0.0.2:80", "-d", "ttl=30");
      curl.run("/services/db/a", "-XPUT", "-d", "value=10.0.0.3:5432", "-d", "ttl=30");

      List<String> found = childValues(curl.run("/services/web?sorted=true"));
      curl.run("/services/web/a", "-XDELETE");
      List<String> left = childValues(curl.run("/services/web?sorted=true"));

      assertThat(found).containsExactly("10.0.0.1:80", "10.0.0.2:80");
      assertThat(left).containsExactly("10.0.0.2:80");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSubscriberSeesEachPublishInOrder(Stores stores) throws JsonProcessingException {
    try (StoreProcess store = stores.start(directory.resolve("data"))) {
      Curl curl = new Curl(store.url());
      Waiting subscriber =
          curl.start("/news?recursive=true&wait=true&stream=true", "-N", "-D", "/dev/stderr");
      subscriber.process().awaitLine("X-Etcd-Index", Duration.ofSeconds(5));

      for (int i = 0; i < 10; i++) {
        curl.run("/news/topic" + i % 3, "-XPUT", "-d", "value=issue " + i);
      }
      subscriber.process().awaitLine("issue 9", Duration.ofSeconds(5));
      subscriber.process().kill();

      List<String> received = new ArrayList<>();
      for (String line : subscriber.process().output()) {
        if (line.startsWith("{")) {
          received.add(JSON.readTree(line).path("node").path("value").asText());
        }
      }
      assertThat(received)
          .containsExactlyElementsOf(IntStream.range(0, 10).mapToObj(i -> "issue " + i).toList());
    }
  }

  @ParameterizedTest
  @EnumSource
  void exactlyOneOfFiftyRacersGetsTheLock(Stores stores) throws IOException, InterruptedException {
    try (StoreProcess store = stores.start(directory.resolve("data"));
        HttpClient client = HttpClient.newHttpClient()) {
      URI lock = URI.create(store.url() + "/v2/keys/lock?prevExist=false");
      List<CompletableFuture<HttpResponse<String>>> racing = new ArrayList<>();
      for (int i = 0; i < RACERS; i++) {
        HttpRequest request = form("PUT", lock, "value=racer" + i + "&ttl=30");
        racing.add(client.sendAsync(request, BodyHandlers.ofString()));
      }

      List<HttpResponse<String>> answers = racing.stream().map(CompletableFuture::join).toList();

      List<HttpResponse<String>> winners =
          answers.stream().filter(answer -> answer.statusCode() == 201).toList();
      assertThat(winners).hasSize(1);
      assertThat(answers.stream().filter(answer -> answer.statusCode() == 412))
          .hasSize(RACERS - 1)
          .allSatisfy(loser -> assertThat(loser.body()).startsWith("{\"errorCode\":105,"));
      URI holder = URI.create(store.url() + "/v2/keys/lock");
      HttpResponse<String> held =
          client.send(HttpRequest.newBuilder(holder).build(), BodyHandlers.ofString());
      assertThat(value(held.body())).isEqualTo(value(winners.getFirst().body()));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aQueueKeepsTheOrderInWhichItWasFilled(Stores stores)
      throws IOException, InterruptedException {
    try (StoreProcess store = stores.start(directory.resolve("data"));
        HttpClient client = HttpClient.newHttpClient()) {
      URI queue = URI.create(store.url() + "/v2/keys/queue");
      List<String> put = new ArrayList<>();
      List<String> keys = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        HttpRequest request = form("POST", queue, "value=job" + i);
        HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
        put.add("job" + i);
        keys.add(JSON.readTree(answer.body()).path("node").path("key").asText());
      }

      Answer listed = new Curl(store.url()).run("/queue?sorted=true");

      assertThat(childValues(listed)).isEqualTo(put);
      assertThat(keys).isSorted().doesNotHaveDuplicates();
      assertThat(keys).allMatch(key -> key.matches("/queue/\\d{20}"));
    }
  }

  private static HttpRequest form(String method, URI uri, String body) {
    return HttpRequest.newBuilder(uri)
        .version(HttpClient.Version.HTTP_1_1)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .method(method, BodyPublishers.ofString(body))
        .timeout(Duration.ofSeconds(10))
        .build();
  }

  private static List<String> childValues(Answer listing) throws JsonProcessingException {
    List<String> values = new ArrayList<>();
    for (JsonNode child : JSON.readTree(listing.body()).path("node").path("nodes")) {
      values.add(child.path("value").asText());
    }
    return values;
  }

  private static String value(String body) throws JsonProcessingException {
    return JSON.readTree(body).path("node").path("value").asText();
  }
}
