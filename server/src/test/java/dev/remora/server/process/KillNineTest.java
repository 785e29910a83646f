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
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What was acknowledged is there after {@code kill -9}, however often it happens.
 *
 * <p>{@code -Dkill.seed=N} replays the moments of the kills, {@code -Dkill.rounds=N} changes their
 * number. What the disk loses when the power goes is not seen here: that is the simulated disk's.
 */
final class KillNineTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern MODIFIED_INDEX = Pattern.compile("\"modifiedIndex\":(\\d+)");
  private static final int WRITERS = 16;
  private static final int LOAD_MILLIS_MAX = 150;

  @TempDir private Path directory = Path.of("unset");

  /** Against etcd a few rounds are enough: they show that the test asks nothing impossible. */
  @ParameterizedTest(name = "{0}, {1} rounds")
  @CsvSource({"ETCD, 3", "REMORA, 50"})
  void everyAcknowledgedWriteIsThereAfterKillNine(Stores stores, int roundsByDefault)
      throws IOException, InterruptedException {
    int rounds = Integer.getInteger("kill.rounds", roundsByDefault);
    long seed = Long.getLong("kill.seed", System.nanoTime());
    System.out.println("KillNineTest " + stores + ": -Dkill.seed=" + seed);
    Random random = new Random(seed);
    Path dataDir = directory.resolve("data");
    List<Round> done = new ArrayList<>();

    for (int number = 0; number < rounds; number++) {
      Round round = new Round(number);
      try (StoreProcess store = stores.start(dataDir)) {
        verify(store.url(), done, seed);
        round.loadUntilKilled(store, random.nextInt(LOAD_MILLIS_MAX));
      }
      done.add(round);
    }

    try (StoreProcess store = stores.start(dataDir)) {
      for (int last = 1; last <= done.size(); last++) {
        verify(store.url(), done.subList(0, last), seed);
      }
    }
    assertThat(done.stream().mapToInt(round -> round.acknowledged.size()).sum())
        .as("acknowledged writes in all, seed %d", seed)
        .isGreaterThan(rounds);
  }

  /** Looks at the last of these rounds, and that the index has not gone back behind any. */
  private static void verify(URI url, List<Round> rounds, long seed)
      throws IOException, InterruptedException {
    if (rounds.isEmpty()) {
      return;
    }
    Round round = rounds.getLast();
    HttpResponse<String> listing;
    try (HttpClient client = client()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url + "/v2/keys/load/" + round.number)).build();
      listing = client.send(request, BodyHandlers.ofString());
    }
    Map<String, String> found = new TreeMap<>();
    for (JsonNode node : JSON.readTree(listing.body()).path("node").path("nodes")) {
      found.put(node.path("key").asText(), node.path("value").asText());
    }
    long indexMax = rounds.stream().mapToLong(Round::indexMax).max().orElse(0);

    Map<String, String> lost = new TreeMap<>(round.acknowledged);
    lost.entrySet().removeIf(write -> write.getValue().equals(found.get(write.getKey())));
    assertThat(lost).as("seed %d, round %d: lost writes", seed, round.number).isEmpty();
    found.keySet().removeAll(round.attempted);
    assertThat(found).as("seed %d, round %d: written by nobody", seed, round.number).isEmpty();
    assertThat(Long.parseLong(listing.headers().firstValue("X-Etcd-Index").orElse("-1")))
        .as("seed %d, round %d: X-Etcd-Index", seed, round.number)
        .isGreaterThanOrEqualTo(indexMax);
  }

  /** HTTP/1.1 alone: an offer to upgrade with every first request would only cost time. */
  private static HttpClient client() {
    return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  }

  /** One life of the server. Many writers, each key written once. */
  private static final class Round {
    private final int number;
    private final Set<String> attempted = ConcurrentHashMap.newKeySet();
    private final Map<String, String> acknowledged = new ConcurrentHashMap<>();
    private final Map<String, Long> indexes = new ConcurrentHashMap<>();

    Round(int number) {
      this.number = number;
    }

    /** The largest index that was acknowledged. */
    long indexMax() {
      return indexes.values().stream().mapToLong(Long::longValue).max().orElse(0);
    }

    /** Kills the server this long after the first acknowledgement. */
    void loadUntilKilled(StoreProcess store, int millis) throws InterruptedException {
      CountDownLatch underLoad = new CountDownLatch(1);
      try (HttpClient client = client()) {
        List<Thread> writers = new ArrayList<>();
        for (int writer = 0; writer < WRITERS; writer++) {
          String prefix = "/load/" + number + "/" + writer + "-";
          writers.add(Thread.startVirtualThread(() -> write(client, store, prefix, underLoad)));
        }
        assertThat(underLoad.await(10, TimeUnit.SECONDS)).as("a first write was answered").isTrue();
        TimeUnit.MILLISECONDS.sleep(millis); // The moment of the kill is what is random here.
        store.process().kill();
        for (Thread writer : writers) {
          writer.join(Duration.ofSeconds(10));
        }
      }
    }

    private void write(
        HttpClient client, StoreProcess store, String prefix, CountDownLatch underLoad) {
      try {
        for (int n = 0; ; n++) {
          String key = prefix + n;
          String value = "value of " + key;
          attempted.add(key);
          HttpRequest request =
              HttpRequest.newBuilder(URI.create(store.url() + "/v2/keys" + key))
                  .header("Content-Type", "application/x-www-form-urlencoded")
                  .PUT(BodyPublishers.ofString("value=" + value))
                  .build();
          HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
          Matcher index = MODIFIED_INDEX.matcher(answer.body());
          if (answer.statusCode() == 201 && index.find()) {
            acknowledged.put(key, value);
            indexes.put(key, Long.parseLong(index.group(1)));
            underLoad.countDown();
          }
        }
      } catch (IOException e) {
        // The server is dead: this write was never answered, and may be there or not.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
