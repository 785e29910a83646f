package dev.remora.server.api.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.remora.server.api.HttpCaller;
import dev.remora.server.api.TestServer;
import dev.remora.server.apply.Command;
import dev.remora.server.mvcc.Bytes;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Long polls and streams over HTTP. */
final class KeyWatchTest {
  private static final Pattern INDEX = Pattern.compile("\"node\":\\{[^}]*\"modifiedIndex\":(\\d+)");

  private final TestServer server = TestServer.start(new V2Settings(100, 1_000_000, 7_000, 0));
  private final HttpCaller caller = new HttpCaller(server);

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void aLongPollEndsWithTheFirstEvent() throws Exception {
    CompletableFuture<HttpResponse<String>> poll = caller.begin("/v2/keys/a?wait=true");
    await().until(() -> server.watchers() == 1);

    caller.put("/v2/keys/b", "value=0");
    caller.put("/v2/keys/a", "value=1&noValueOnSuccess=true");

    HttpResponse<String> reply = poll.get(10, TimeUnit.SECONDS);
    assertThat(reply.headers().firstValue("X-Etcd-Index")).hasValue("1");
    assertThat(reply.body())
        .isEqualTo(
            "{\"action\":\"set\",\"node\":{\"key\":\"/a\",\"value\":\"1\","
                + "\"modifiedIndex\":3,\"createdIndex\":3}}\n");
    assertThat(server.watchers()).isZero();
  }

  @Test
  void aLongPollTakesTheFirstInKeyOrderOfARevisionWithMany() throws Exception {
    CompletableFuture<HttpResponse<String>> poll =
        caller.begin("/v2/keys/d?wait=true&recursive=true");
    await().until(() -> server.watchers() == 1);

    server.propose(
        new Command.Txn(List.of(), List.of(put("/d/z"), put("/d/b"), put("/d/m")), List.of()));

    assertThat(poll.get(10, TimeUnit.SECONDS).body()).contains("\"key\":\"/d/b\"");
  }

  @Test
  void aStreamThatBeginsInThePastGoesOnInThePresentWithoutAGap() {
    for (int i = 0; i < 5; i++) {
      caller.put("/v2/keys/a", "value=" + i);
    }
    try (HttpCaller.Wire stream = open("/v2/keys/a?wait=true&stream=true&waitIndex=3")) {
      await().until(() -> server.watchers() == 1);
      caller.delete("/v2/keys/a");
      caller.put("/v2/keys/a", "value=last");

      assertThat(indexes(stream.readUntil("last"))).containsExactly(3L, 4L, 5L, 6L, 7L, 8L);
    }
  }

  @Test
  void aReaderThatIsSlowLosesNothing() {
    String value = "value=" + "x".repeat(50_000);
    try (HttpCaller.Wire stream = open("/v2/keys/a?wait=true&stream=true")) {
      await().until(() -> server.watchers() == 1);
      for (int i = 0; i < 400; i++) {
        caller.put("/v2/keys/a", value);
      }

      caller.put("/v2/keys/a", "value=last");

      assertThat(indexes(stream.readUntil("\"value\":\"last\"")))
          .containsExactlyElementsOf(LongStream.rangeClosed(2, 402).boxed().toList());
    }
  }

  @Test
  void aReaderThatIsSlowLosesNothingOfARevisionWithMany() {
    byte[] value = new byte[50_000];
    java.util.Arrays.fill(value, (byte) 'x');
    try (HttpCaller.Wire stream = open("/v2/keys/d?wait=true&stream=true&recursive=true")) {
      await().until(() -> server.watchers() == 1);
      List<Command.Operation> puts =
          java.util.stream.IntStream.range(100, 500)
              .mapToObj(i -> put("/d/" + i, Bytes.wrap(value)))
              .toList();

      server.propose(new Command.Txn(List.of(), puts, List.of()));
      caller.put("/v2/keys/d/z", "value=last");

      String read = stream.readUntil("\"value\":\"last\"");
      assertThat(Pattern.compile("\"key\":\"/d/(\\d+)\"").matcher(read).results())
          .extracting(match -> Integer.parseInt(match.group(1)))
          .containsExactlyElementsOf(java.util.stream.IntStream.range(100, 500).boxed().toList());
    }
  }

  @Test
  void aStreamThatCompactionOvertakesIsCutWithoutAnEnd() {
    String value = "value=" + "x".repeat(50_000);
    try (HttpCaller.Wire stream = open("/v2/keys/a?wait=true&stream=true")) {
      await().until(() -> server.watchers() == 1);
      for (int i = 0; i < 400; i++) {
        caller.put("/v2/keys/a", value);
      }

      server.propose(new Command.Compact(401));

      String read = stream.readToEnd();
      assertThat(indexes(read).size()).isBetween(1, 399);
      assertThat(read).doesNotEndWith("\r\n0\r\n\r\n");
      await().until(() -> server.watchers() == 0);
    }
  }

  @Test
  void aWatchEndsWhenItsClientGoesAway() {
    HttpCaller.Wire poll = open("/v2/keys/a?wait=true");
    HttpCaller.Wire stream = open("/v2/keys/a?wait=true&stream=true");
    await().until(() -> server.watchers() == 2);

    poll.close();
    stream.close();

    await().until(() -> server.watchers() == 0);
  }

  @Test
  void anIndexOlderThanTheWindowOrTheCompactionIsRefused() {
    for (int i = 0; i < 150; i++) {
      caller.put("/v2/keys/a", "value=" + i);
    }

    HttpResponse<String> tooOld = caller.get("/v2/keys/a?wait=true&waitIndex=51");
    HttpResponse<String> oldest = caller.get("/v2/keys/a?wait=true&waitIndex=52");
    server.propose(new Command.Compact(140));
    HttpResponse<String> compacted = caller.get("/v2/keys/a?wait=true&waitIndex=140");
    HttpResponse<String> kept = caller.get("/v2/keys/a?wait=true&waitIndex=141");

    assertThat(tooOld.statusCode()).isEqualTo(400);
    assertThat(tooOld.headers().firstValue("X-Etcd-Index")).hasValue("151");
    assertThat(tooOld.body())
        .isEqualTo(
            "{\"errorCode\":401,"
                + "\"message\":\"The event in requested index is outdated and cleared\","
                + "\"cause\":\"the requested history has been cleared [52/51]\",\"index\":151}\n");
    assertThat(indexes(oldest.body())).containsExactly(52L);
    assertThat(compacted.body()).contains("[141/140]");
    assertThat(indexes(kept.body())).containsExactly(141L);
  }

  @Test
  void aWatchOfAnIndexThatNeverComesWaits() {
    try (HttpCaller.Wire poll = open("/v2/keys/a?wait=true&waitIndex=18446744073709551615")) {
      await().until(() -> server.watchers() == 1);

      caller.put("/v2/keys/a", "value=1");

      assertThat(server.watchers()).isEqualTo(1);
      assertThat(poll.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 200 OK\r\n");
    }
  }

  private HttpCaller.Wire open(String path) {
    return caller.open("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
  }

  private static Command.Operation put(String key) {
    return put(key, Bytes.utf8("v"));
  }

  private static Command.Operation put(String key, Bytes value) {
    return new Command.Put(Bytes.utf8(key), value, 0, false, false, false);
  }

  private static List<Long> indexes(String events) {
    return INDEX
        .matcher(events)
        .results()
        .map((MatchResult match) -> Long.parseLong(match.group(1)))
        .toList();
  }
}
