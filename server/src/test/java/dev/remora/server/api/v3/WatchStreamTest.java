package dev.remora.server.api.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.remora.server.api.v3.JsonClient.LineStream;
import dev.remora.server.apply.Command;
import dev.remora.server.mvcc.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Watches in motion. What is recorded of etcd is not said again here. */
final class WatchStreamTest {
  private static final Pattern MOD_REVISION = Pattern.compile("\"mod_revision\":\"(\\d+)\"");
  private static final String ALL = "\"key\":\"AA==\",\"range_end\":\"AA==\"";

  private V3Server server;
  private JsonClient client;

  @BeforeEach
  void start() {
    server = V3Server.start();
    client = new JsonClient(server.url());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void eventsComeInOrderWithWhatWasBefore() {
    try (LineStream watch = create(ALL + ",\"prev_kv\":true")) {
      assertThat(watch.line()).contains("\"created\":true");

      client.post("/v3/kv/put", "{\"key\":\"YQ==\",\"value\":\"MQ==\"}");
      client.post("/v3/kv/put", "{\"key\":\"YQ==\",\"value\":\"Mg==\"}");
      client.post("/v3/kv/deleterange", "{\"key\":\"YQ==\"}");

      assertThat(events(watch))
          .isEqualTo(
              "[{\"kv\":{\"key\":\"YQ==\",\"create_revision\":\"2\",\"mod_revision\":\"2\","
                  + "\"version\":\"1\",\"value\":\"MQ==\"}}]}}");
      assertThat(events(watch)).contains("\"prev_kv\":{").contains("\"value\":\"MQ==\"}}]}}");
      assertThat(events(watch))
          .isEqualTo(
              "[{\"type\":\"DELETE\",\"kv\":{\"key\":\"YQ==\",\"mod_revision\":\"4\"},"
                  + "\"prev_kv\":{\"key\":\"YQ==\",\"create_revision\":\"2\","
                  + "\"mod_revision\":\"3\",\"version\":\"2\",\"value\":\"Mg==\"}}]}}");
    }
  }

  @Test
  void aRevisionIsOneResponseAndFiltersLeaveOutWhatIsNotWanted() {
    client.post("/v3/kv/put", "{\"key\":\"YQ==\"}");
    try (LineStream watch = create(ALL);
        LineStream puts = create(ALL + ",\"filters\":[\"NODELETE\"]");
        LineStream deletes = create(ALL + ",\"filters\":[\"NOPUT\"]")) {
      for (LineStream each : List.of(watch, puts, deletes)) {
        assertThat(each.line()).contains("\"created\":true");
      }

      client.post(
          "/v3/kv/txn",
          "{\"success\":[{\"request_put\":{\"key\":\"Yg==\"}},"
              + "{\"request_delete_range\":{\"key\":\"YQ==\"}}]}");

      assertThat(revisions(watch.line())).containsExactly(3L, 3L);
      assertThat(puts.line()).contains("Yg==").doesNotContain("YQ==");
      assertThat(deletes.line()).contains("YQ==").doesNotContain("Yg==");
    }
  }

  @Test
  void aWatchFromThePastReadsTheWholeHistoryAndGoesOnLive() throws InterruptedException {
    put(10_000, 10);

    try (LineStream watch = create(ALL + ",\"start_revision\":2")) {
      assertThat(watch.line()).contains("\"created\":true");
      List<Long> past = readUntil(watch, 10_001);
      client.post("/v3/kv/put", "{\"key\":\"YQ==\"}");
      List<Long> live = readUntil(watch, 10_002);

      assertThat(past).hasSize(10_000).isSorted().doesNotHaveDuplicates();
      assertThat(live).containsExactly(10_002L);
    }
  }

  @Test
  void aSlowReaderLosesNothing() throws InterruptedException {
    try (LineStream watch = create(ALL + ",\"prev_kv\":true")) {
      assertThat(watch.line()).contains("\"created\":true");

      put(2_000, 20_000);

      // 80 MB and more, far beyond what sockets and queues take, wait in the history alone.
      List<Long> revisions = readUntil(watch, 2_001);
      assertThat(revisions.stream().distinct().toList()).hasSizeGreaterThanOrEqualTo(2_000);
      assertThat(revisions).contains(2L, 1_000L, 2_001L);
    }
  }

  @Test
  void aWatchThatFallsBehindACompactionIsCancelledWithItsRevision() throws InterruptedException {
    put(3_000, 20_000);
    try (LineStream watch = create(ALL + ",\"start_revision\":2")) {
      assertThat(watch.line()).contains("\"created\":true");

      client.post("/v3/kv/compaction", "{\"revision\":\"3001\"}");

      String line = watch.line();
      while (!line.contains("\"canceled\":true")) {
        line = watch.line();
      }
      assertThat(line).contains("\"compact_revision\":\"3001\"").doesNotContain("cancel_reason");
    }
  }

  @Test
  void aClientThatIsGoneLeavesNoWatchers() {
    LineStream watch = client.open("/v3/watch", ("{\"create_request\":{" + ALL + "}}").repeat(5));
    assertThat(watch.lines(5)).allMatch(line -> line.contains("\"created\":true"));
    await().until(() -> server.watchers() == 5);

    watch.close();

    await().until(() -> server.watchers() == 0);
  }

  @Test
  void anIdleWatchIsToldOfProgress() {
    try (LineStream watch = create("\"key\":\"YQ==\",\"progress_notify\":true");
        LineStream future =
            create("\"key\":\"YQ==\",\"progress_notify\":true,\"start_revision\":3")) {
      assertThat(watch.line()).contains("\"created\":true");
      assertThat(future.line()).contains("\"created\":true");
      client.post("/v3/kv/put", "{\"key\":\"Yg==\"}");

      String progress = watch.line();
      while (!progress.contains("\"revision\":\"2\"")) {
        progress = watch.line();
      }
      // A whole interval more: the other watch could have been told, too early, of revision 2.
      assertThat(watch.line()).isEqualTo(progress);
      client.post("/v3/kv/put", "{\"key\":\"Yg==\"}");

      assertThat(progress).doesNotContain("events").doesNotContain("created");
      assertThat(future.line()).contains("\"revision\":\"3\"");
    }
  }

  @Test
  void aNegativeStartRevisionIsRefused() {
    try (LineStream watch = create("\"key\":\"YQ==\",\"start_revision\":-1")) {
      assertThat(watch.line())
          .contains(
              "\"watch_id\":\"-1\",\"created\":true,\"canceled\":true,"
                  + "\"cancel_reason\":\"mvcc: required revision has been compacted\"");
    }
  }

  @Test
  void aRequestInManyPiecesIsOneRequest() {
    String padding = " ".repeat(100_000);

    try (LineStream watch =
        client.open(
            "/v3/watch",
            padding + "{" + padding + "\"create_request\":{\"key\"" + padding + ":\"YQ==\"}}")) {
      assertThat(watch.line()).contains("\"created\":true");
    }
  }

  private LineStream create(String fields) {
    return client.open("/v3/watch", "{\"create_request\":{" + fields + "}}");
  }

  private static String events(LineStream watch) {
    String line = watch.line();
    return line.substring(line.indexOf("\"events\":") + 9);
  }

  private static List<Long> revisions(String line) {
    Matcher matcher = MOD_REVISION.matcher(line);
    List<Long> revisions = new ArrayList<>();
    while (matcher.find()) {
      revisions.add(Long.valueOf(matcher.group(1)));
    }
    return revisions;
  }

  private static List<Long> readUntil(LineStream watch, long last) {
    List<Long> revisions = new ArrayList<>();
    List<Long> more = List.of();
    while (!more.contains(last)) {
      more = revisions(watch.line());
      revisions.addAll(more);
    }
    return revisions;
  }

  /** Puts one key so many times, without HTTP. */
  private void put(int count, int valueBytes) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(count);
    server
        .member()
        .onLoop((_, door) -> {
          for (int i = 0; i < count; i++) {
            Bytes value = Bytes.wrap(new byte[valueBytes]);
            door.propose(
                new Command.Put(Bytes.utf8("key"), value, 0, false, false, false),
                _ -> done.countDown());
          }
        });
    assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
  }
}
