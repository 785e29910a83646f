package dev.remora.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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
  private static final int KEYS = 2000;
  private static final int OUTSTANDING = 20;

  /** More than twice the 256 that a leader has under way to a follower. */
  private static final int MESSAGES = 600;

  private static final Duration PATIENCE = V3Client.PATIENCE;
  private static final String RECEIVED = "snapshot received from";

  @TempDir private Path directory = Path.of("unset");

  private final V3Client client = new V3Client();
  private CompletableFuture<Void> watching = CompletableFuture.completedFuture(null);

  @Test
  void aFrozenMemberCatchesUpByASnapshotAndItsWatchersMissNothing() throws Exception {
    try (ClusterProcesses cluster = new ClusterProcesses(directory, 3, "--snapshot-count", "50")) {
      cluster.startAll();
      int frozen = follower(cluster);
      int writer = (frozen + 1) % 3;
      ConcurrentLinkedQueue<Long> seen = watch(cluster.url(frozen));
      Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(seen).hasSize(1));
      cluster.freeze(frozen);
      // One at a time, so that they are more messages than wait for it in its sockets.
      List<Long> revisions = write(cluster.url(writer), MESSAGES, 1);
      cluster.thaw(frozen);
      long slowestMillis = writeUntilReceived(cluster, frozen, writer, revisions);

      long first = revisions.getFirst();
      long last = revisions.getLast();
      Awaitility.await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(seen.stream().skip(1).toList())
                  .containsExactlyElementsOf(LongStream.rangeClosed(first, last).boxed().toList()));
      assertThat(client.count(cluster.url(frozen))).isEqualTo(revisions.size());
      assertThat(slowestMillis).as("the slowest write meanwhile").isLessThan(5000);
      assertThat(watching).isNotDone();
      assertThat(unfinished(cluster.dataDir(frozen))).isEmpty();
    }
  }

  @Test
  void aKilledMemberCatchesUpByASnapshotAndKeepsItOverARestart() throws Exception {
    try (ClusterProcesses cluster = new ClusterProcesses(directory, 3, "--snapshot-count", "50")) {
      cluster.startAll();
      int killed = follower(cluster);
      cluster.process(killed).kill();
      write(cluster.url((killed + 1) % 3), KEYS, OUTSTANDING);

      cluster.start(killed);
      cluster.process(killed).awaitLine(RECEIVED, PATIENCE);
      assertThat(client.count(cluster.url(killed))).isEqualTo(KEYS);

      cluster.process(killed).kill();
      cluster.start(killed);
      assertThat(client.count(cluster.url(killed))).isEqualTo(KEYS);
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
    JsonNode status = client.post(url, "/v3/maintenance/status", "{}").join();
    return status.path("leader").asText().equals(status.path("header").path("member_id").asText());
  }

  /** The revisions of its answers: that it was created, then of the events. */
  private ConcurrentLinkedQueue<Long> watch(URI url) {
    ConcurrentLinkedQueue<Long> seen = new ConcurrentLinkedQueue<>();
    String request = "{\"create_request\":{\"key\":\"AA==\",\"range_end\":\"AA==\"}}";
    watching = client.stream(url, "/v3/watch", request, line -> seen.addAll(revisions(line)));
    return seen;
  }

  private static List<Long> revisions(JsonNode line) {
    JsonNode result = line.path("result");
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
  private List<Long> write(URI url, int keys, int outstanding) {
    List<Long> revisions = new ArrayList<>();
    for (int start = 0; start < keys; start += outstanding) {
      IntStream.range(start, start + outstanding)
          .mapToObj(i -> client.put(url, "key" + i))
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
      revisions.add(client.put(cluster.url(writer), "more" + revisions.size()).join());
      slowest = Math.max(slowest, (System.nanoTime() - start) / 1_000_000);
    }
    cluster.process(receiver).awaitLine(RECEIVED, Duration.ZERO);
    return slowest;
  }

  private static List<Path> unfinished(Path data) throws IOException {
    try (Stream<Path> files = Files.list(data.resolve("member").resolve("snap"))) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).startsWith("received"))
          .toList();
    }
  }
}
