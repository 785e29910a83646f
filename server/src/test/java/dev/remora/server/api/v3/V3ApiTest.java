package dev.remora.server.api.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.remora.server.api.v3.JsonClient.Answer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the recording of etcd cannot show: sizes, time, and where we differ. */
final class V3ApiTest {
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
  void aWriteOverTheRequestSizeIsRefused() {
    assertThat(putOf(1_572_834).status()).isEqualTo(200);

    Answer answer = putOf(1_572_864);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains("etcdserver: request is too large").contains("\"code\":3");
  }

  @Test
  void aReadOfMoreKeysThanAllowedIsRefusedUnlessItIsLimited() {
    V3Settings settings =
        new V3Settings("3.4.44", 2, 1 << 20, 128, 2, Duration.ofMinutes(1), Duration.ofSeconds(7));
    try (V3Server bounded = V3Server.start(settings)) {
      JsonClient caller = new JsonClient(bounded.url());
      for (String key : List.of("YQ==", "Yg==", "Yw==")) {
        caller.post("/v3/kv/put", "{\"key\":\"" + key + "\"}");
      }

      Answer all = caller.post("/v3/kv/range", "{\"key\":\"YQ==\",\"range_end\":\"eg==\"}");
      Answer some =
          caller.post("/v3/kv/range", "{\"key\":\"YQ==\",\"range_end\":\"eg==\",\"limit\":\"2\"}");
      Answer two = caller.post("/v3/kv/range", "{\"key\":\"Yg==\",\"range_end\":\"eg==\"}");

      assertThat(all.status()).isEqualTo(429);
      assertThat(all.body()).contains("more keys than --max-range-keys").contains("\"code\":8");
      assertThat(some.body()).contains("\"more\":true").contains("\"count\":\"3\"");
      assertThat(two.body()).contains("\"count\":\"2\"").doesNotContain("more");

      String range = "{\"request_range\":{\"key\":\"YQ==\",\"range_end\":\"eg==\"%s}}";
      String put = "{\"request_put\":{\"key\":\"ZA==\"}}";
      String nested = "{\"request_txn\":{\"failure\":[" + range.formatted("") + "]}}";
      for (String operations : List.of(range.formatted(""), put + "," + range.formatted(""), nested)) {
        Answer txn = caller.post("/v3/kv/txn", "{\"success\":[" + operations + "]}");
        assertThat(txn.status()).as(operations).isEqualTo(429);
        assertThat(txn.body()).contains("more keys than --max-range-keys");
      }
      Answer limited =
          caller.post(
              "/v3/kv/txn", "{\"success\":[" + range.formatted(",\"limit\":\"2\"") + "]}");
      assertThat(limited.status()).isEqualTo(200);
      assertThat(caller.post("/v3/kv/range", "{\"key\":\"ZA==\"}").body()).doesNotContain("kvs");
    }
  }

  @Test
  void aMessageOverTheMessageSizeIsRefusedBeforeAnythingElse() {
    assertThat(putOf(2_097_152).body())
        .isEqualTo(
            "{\"error\":\"grpc: received message larger than max (2097160 vs. 2097152)\","
                + "\"message\":\"grpc: received message larger than max (2097160 vs. 2097152)\","
                + "\"code\":8}");

    Answer answer = putOf(6_000_000);

    assertThat(answer.status()).isEqualTo(429);
    assertThat(answer.body()).contains("grpc: received message larger than max");
  }

  @Test
  void aValueThatTheSameTransactionDeletedCannotBeKept() {
    client.post("/v3/kv/put", "{\"key\":\"YQ==\",\"value\":\"MQ==\"}");

    Answer answer =
        client.post(
            "/v3/kv/txn",
            "{\"success\":[{\"request_delete_range\":{\"key\":\"YQ==\",\"range_end\":\"AA==\"}},"
                + "{\"request_put\":{\"key\":\"YQ==\",\"ignore_value\":true}}]}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains("etcdserver: key not found");
    assertThat(client.post("/v3/kv/range", "{\"key\":\"YQ==\"}").body())
        .contains("\"count\":\"1\"");
  }

  @Test
  void nestingBeyondTheBoundIsRefused() {
    assertThat(client.post("/v3/kv/txn", nested(TxnCheck.NESTING_MAX)).status()).isEqualTo(200);
    assertThat(client.post("/v3/kv/txn", nested(TxnCheck.NESTING_MAX + 1)).body())
        .contains("etcdserver: too many operations in txn request");
    assertThat(client.post("/v3/kv/range", "{\"a\":".repeat(5_000)).body())
        .contains("exceeded max depth");
  }

  @Test
  void aReadOnlyTransactionTakesNoPlaceInTheLog() {
    long before = server.member().replica().state().index();

    Answer answer =
        client.post("/v3/kv/txn", "{\"success\":[{\"request_range\":{\"key\":\"YQ==\"}}]}");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(server.member().replica().state().index()).isEqualTo(before);
  }

  @Test
  void aLeaseThatIsNotKeptAliveEndsWithItsKeys() {
    client.post("/v3/lease/grant", "{\"ID\":5,\"TTL\":60}");
    client.post("/v3/kv/put", "{\"key\":\"YQ==\",\"lease\":5}");
    try (JsonClient.LineStream watch =
        client.open("/v3/watch", "{\"create_request\":{\"key\":\"YQ==\"}}")) {
      assertThat(watch.line()).contains("\"created\":true");

      server.member().passSeconds(61);

      assertThat(watch.line()).contains("\"type\":\"DELETE\"");
    }
    assertThat(client.post("/v3/lease/timetolive", "{\"ID\":5}").body()).contains("\"TTL\":\"-1\"");
    assertThat(client.post("/v3/lease/keepalive", "{\"ID\":5}").body()).doesNotContain("TTL");
  }

  @Test
  void aLeaseThatIsKeptAliveStays() {
    client.post("/v3/lease/grant", "{\"ID\":5,\"TTL\":60}");
    client.post("/v3/kv/put", "{\"key\":\"YQ==\",\"lease\":5}");
    server.member().passSeconds(40);

    assertThat(client.post("/v3/lease/keepalive", "{\"ID\":5}").body()).contains("\"TTL\":\"60\"");
    server.member().passSeconds(40);

    await()
        .during(Duration.ofMillis(700))
        .until(
            () -> client.post("/v3/kv/range", "{\"key\":\"YQ==\"}").body().contains("\"count\""));
    assertThat(client.post("/v3/lease/timetolive", "{\"ID\":5,\"keys\":true}").body())
        .contains("\"grantedTTL\":\"60\"")
        .contains("\"keys\":[\"YQ==\"]");
  }

  @Test
  void theServerDrawsPositiveLeaseIds() {
    assertThat(client.post("/v3/lease/grant", "{\"TTL\":10}").body())
        .containsPattern("\"ID\":\"[1-9]\\d*\",\"TTL\":\"10\"");
  }

  @Test
  void whatIsNotServedYetIsRefusedByName() {
    Answer answer = client.post("/v3/lock/lock", "{}");

    assertThat(answer.status()).isEqualTo(501);
    assertThat(answer.body()).contains("lock/lock is not supported yet").contains("\"code\":12");
    assertThat(client.post("/v3/kv/range", "{\"key\":\"YQ==\",\"sort_target\":9}").body())
        .contains("etcdserver: invalid sort option");
  }

  private Answer putOf(int valueBytes) {
    String value =
        Base64.getEncoder().encodeToString("x".repeat(valueBytes).getBytes(StandardCharsets.UTF_8));
    return client.post("/v3/kv/put", "{\"key\":\"YQ==\",\"value\":\"" + value + "\"}");
  }

  private static String nested(int depth) {
    return "{\"success\":[{\"request_txn\":".repeat(depth)
        + "{\"success\":[{\"request_put\":{\"key\":\"YQ==\"}}]}"
        + "}]}".repeat(depth);
  }
}
