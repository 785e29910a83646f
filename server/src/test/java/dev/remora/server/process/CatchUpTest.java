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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A member that was away for longer than the logs of the others reach back. */
final class CatchUpTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int KEYS = 2000;
  private static final int OUTSTANDING = 20;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String RECEIVED = "snapshot received from";

  @TempDir private Path directory = Path.of("unset");

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @Test
  void aFrozenMemberCatchesUpByASnapshotAndItsWatchersMissNothing() throws Exception {
    try (ClusterProcesses cluster = new ClusterProcesses(directory, 3, "--snapshot-count", "50")) {
      cluster.startAll();
      int frozen = follower(cluster);
      int writer = (frozen + 1) % 3;
      ConcurrentLinkedQueue<Long> seen = watch(cluster.url(frozen));
      Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(seen).hasSize(1));
      cluster.freeze(frozen);
      List<Long> revisions = write(cluster.url(writer));
      cluster.thaw(frozen);
      long slowestMillis = writeUntilReceived(cluster, frozen, writer, revisions);

      long first = revisions.getFirst();
      long last = revisions.getLast();
      Awaitility.await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(seen.stream().skip(1).toList())
                      .containsExactlyElementsOf(
                          LongStream.rangeClosed(first, last).boxed().toList()));
      assertThat(keys(cluster.url(frozen))).isEqualTo(revisions.size());
      assertThat(slowestMillis).as("the slowest write meanwhile").isLessThan(2000);
      assertThat(unfinished(cluster.dataDir(frozen))).isEmpty();
    }
  }

  @Test
  void aKilledMemberCatchesUpByASnapshotAndKeepsItOverARestart() throws Exception {
    try (ClusterProcesses cluster = new ClusterProcesses(directory, 3, "--snapshot-count", "50")) {
      cluster.startAll();
      int killed = follower(cluster);
      cluster.process(killed).kill();
      write(cluster.url((killed + 1) % 3));

      cluster.start(killed);
      cluster.process(killed).awaitLine(RECEIVED, PATIENCE);
      assertThat(keys(cluster.url(killed))).isEqualTo(KEYS);

      cluster.process(killed).kill();
      cluster.start(killed);
      assertThat(keys(cluster.url(killed))).isEqualTo(KEYS);
      assertThat(cluster.process(killed).output())
          .as("what it was sent is its own now")
          .noneMatch(line -> line.contains(RECEIVED));
    }
  }

  private int follower(ClusterProcesses cluster) {
    return IntStream.range(0, 3)
        .filter(member -> !isLeader(cluster.url(member)))
        .findFirst()
        .orElseThrow();
  }

  private boolean isLeader(URI url) {
    JsonNode status = post(url, "/v3/maintenance/status", "{}").join();
    return status.path("leader").asText().equals(status.path("header").path("member_id").asText());
  }

  /** The revisions of its answers: that it was created, then of the events. */
  private ConcurrentLinkedQueue<Long> watch(URI url) {
    ConcurrentLinkedQueue<Long> seen = new ConcurrentLinkedQueue<>();
    String request = "{\"create_request\":{\"key\":\"AA==\",\"range_end\":\"AA==\"}}";
    client
        .sendAsync(
            HttpRequest.newBuilder(URI.create(url + "/v3/watch"))
                .POST(BodyPublishers.ofString(request))
                .build(),
            BodyHandlers.ofLines())
        .thenAcceptAsync(
            answer -> answer.body().forEach(line -> seen.addAll(revisions(line))), Thread::startVirtualThread);
    return seen;
  }

  private static List<Long> revisions(String line) {
    JsonNode result = json(line).path("result");
    if (result.path("created").asBoolean()) {
      return List.of(0L);
    }
    List<Long> revisions = new ArrayList<>();
    for (JsonNode event : result.path("events")) {
      revisions.add(event.path("kv").path("mod_revision").asLong());
    }
    return revisions;
  }

  /** Writes all keys, and returns their revisions. */
  private List<Long> write(URI url) {
    List<Long> revisions = new ArrayList<>();
    for (int start = 0; start < KEYS; start += OUTSTANDING) {
      IntStream.range(start, start + OUTSTANDING)
          .mapToObj(i -> put(url, "key" + i))
          .toList()
          .forEach(answer -> revisions.add(answer.join()));
    }
    return new ArrayList<>(revisions.stream().sorted().toList());
  }

  /** Goes on writing until the snapshot is there; returns how long the slowest took. */
  private long writeUntilReceived(
      ClusterProcesses cluster, int receiver, int writer, List<Long> revisions) {
    long slowest = 0;
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < until
        && cluster.process(receiver).output().stream().noneMatch(l -> l.contains(RECEIVED))) {
      long start = System.nanoTime();
      revisions.add(put(cluster.url(writer), "more" + revisions.size()).join());
      slowest = Math.max(slowest, (System.nanoTime() - start) / 1_000_000);
    }
    cluster.process(receiver).awaitLine(RECEIVED, Duration.ZERO);
    return slowest;
  }

  private CompletableFuture<Long> put(URI url, String key) {
    String body = "{\"key\":\"" + base64(key) + "\",\"value\":\"" + base64("v " + key) + "\"}";
    return post(url, "/v3/kv/put", body)
        .thenApply(answer -> answer.path("header").path("revision").asLong());
  }

  /** A linearizable count at this member. */
  private int keys(URI url) {
    String all = "{\"key\":\"AA==\",\"range_end\":\"AA==\",\"count_only\":true}";
    return post(url, "/v3/kv/range", all).join().path("count").asInt();
  }

  private CompletableFuture<JsonNode> post(URI url, String path, String body) {
    return client
        .sendAsync(
            HttpRequest.newBuilder(URI.create(url + path))
                .timeout(PATIENCE)
                .POST(BodyPublishers.ofString(body))
                .build(),
            BodyHandlers.ofString())
        .thenApply(HttpResponse::body)
        .thenApply(CatchUpTest::json);
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new IllegalStateException("not JSON: " + text, e);
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static List<Path> unfinished(Path data) throws IOException {
    try (Stream<Path> files = Files.list(data.resolve("member").resolve("snap"))) {
      return files.filter(file -> String.valueOf(file.getFileName()).startsWith("received")).toList();
    }
  }
}
