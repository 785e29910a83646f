package dev.remora.server.api.v3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.api.v3.JsonClient.Answer;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests that are not answered in time, and those under which our own code fails. */
final class FailedRequestTest {
  private static final String PUT = "{\"key\":\"YQ==\",\"value\":\"Yg==\"}";

  private final V3Server server =
      V3Server.start(
          V3Server.SETTINGS,
          () -> {
            throw new IllegalStateException("no lease today");
          });
  private final JsonClient client = new JsonClient(server.url());

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void aProposalThatIsNotAnsweredInTimeIsGivenUp() {
    server.member().log().hold();
    CompletableFuture<Answer> late =
        CompletableFuture.supplyAsync(() -> client.post("/v3/kv/put", PUT));
    Awaitility.await().until(() -> server.member().log().entries().size() == 2);
    assertThat(late).isNotDone();

    server.member().passSeconds(8);

    assertThat(late.join().status()).isEqualTo(503);
    assertThat(late.join().body())
        .isEqualTo(
            "{\"error\":\"etcdserver: request timed out\","
                + "\"message\":\"etcdserver: request timed out\",\"code\":14}");
    server.member().log().release();
    assertThat(client.post("/v3/kv/put", PUT).status()).isEqualTo(200);
    assertThat(client.post("/v3/kv/range", "{\"key\":\"YQ==\"}").body())
        .contains("\"version\":\"2\"");
  }

  @Test
  void aFailureOfOurCodeIsAnsweredWithoutItsTrace() {
    Answer answer = client.post("/v3/lease/grant", "{\"TTL\":\"10\"}");

    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.body())
        .isEqualTo(
            "{\"error\":\"etcdserver: internal error\","
                + "\"message\":\"etcdserver: internal error\",\"code\":13}");
    assertThat(client.post("/v3/kv/put", PUT).status()).isEqualTo(200);
  }

  @Test
  void aReplyThatCannotBeMadeIsAnInternalError() {
    assertThat(
            Reply.of(() -> {
              throw new IllegalArgumentException("no reply");
            }))
        .isEqualTo(new Reply.Refused(ApiError.INTERNAL));
  }
}
