package dev.remora.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.api.v2.KeysRoute;
import dev.remora.server.api.v2.StoreCounters;
import dev.remora.server.api.v2.V2Settings;
import dev.remora.server.replica.Clocks;
import dev.remora.server.replica.TestMember;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Our own code fails under requests; each must be answered, and no later one be harmed. */
final class FailuresTest {
  private final TestMember member = TestMember.start();
  private final AtomicInteger readsLeft = new AtomicInteger(Integer.MAX_VALUE);
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private String url = "";

  /** A clock that stops working after some readings. */
  private final class BreakingClocks implements Clocks {
    @Override
    public long wallNanos() {
      if (readsLeft.getAndDecrement() <= 0) {
        throw new IllegalStateException("the clock is broken");
      }
      return member.clocks().wallNanos();
    }

    @Override
    public long monotonicNanos() {
      return member.clocks().monotonicNanos();
    }
  }

  /** A part of the port that is all bug. */
  private static final class BrokenRoute implements ApiRoute {
    @Override
    public boolean serves(String path) {
      return path.equals("/broken");
    }

    @Override
    public void handle(HttpServerRequest request) {
      request.response().putHeader("X-Half-Done", "1");
      throw new IllegalStateException("broken");
    }
  }

  @BeforeEach
  void listen() throws Exception {
    CompletableFuture<Integer> port = new CompletableFuture<>();
    member.onLoop((context, door) -> {
      Replies replies = new Replies(member.clocks()::wallNanos);
      KeysRoute keys =
          new KeysRoute(
              member.vertx(),
              door,
              new WatchFeed(context, door),
              V2Settings.defaults(),
              new BreakingClocks(),
              TestPrincipals.of(context, member.clocks()),
              new StoreCounters(),
              replies);
      new ClientListener(member.vertx(), replies, List.of(new BrokenRoute(), keys))
          .start(0, "127.0.0.1")
          .onSuccess(port::complete)
          .onFailure(port::completeExceptionally);
    });
    url = "http://127.0.0.1:" + port.get(10, TimeUnit.SECONDS);
  }

  @AfterEach
  void close() {
    client.close();
    member.close();
  }

  @Test
  void aRouteThatFailsIsAnsweredFor() throws Exception {
    HttpResponse<String> reply = send("GET", "/broken", "");

    assertThat(reply.statusCode()).isEqualTo(500);
    assertThat(reply.body()).isEqualTo("Internal Server Error\n");
    assertThat(reply.headers().firstValue("X-Half-Done")).isEmpty();
    assertThat(reply.headers().firstValue("Access-Control-Allow-Origin")).hasValue("*");
  }

  @Test
  void aRequestThatFailsBeforeTheStoreIsAskedGetsV2sError() throws Exception {
    readsLeft.set(0);

    checkIsInternal(send("PUT", "/v2/keys/a", "value=1"));
    checkIsInternal(send("GET", "/v2/keys/a", ""));
  }

  @Test
  void aWriteWhoseAnswerFailsGetsV2sErrorAndTheNextAnswerIsWhole() throws Exception {
    readsLeft.set(1);

    checkIsInternal(send("PUT", "/v2/keys/a?ttl=100", "value=1"));

    readsLeft.set(Integer.MAX_VALUE);
    assertThat(send("GET", "/v2/keys/a", "").body())
        .startsWith("{\"action\":\"get\",\"node\":{\"key\":\"/a\",\"value\":\"1\"");
  }

  private static void checkIsInternal(HttpResponse<String> reply) {
    assertThat(reply.statusCode()).isEqualTo(500);
    assertThat(reply.body())
        .isEqualTo(
            "{\"errorCode\":300,\"message\":\"Raft Internal Error\","
                + "\"cause\":\"etcdserver: internal error\",\"index\":0}\n");
  }

  private HttpResponse<String> send(String method, String path, String form)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(url + path))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .method(method, BodyPublishers.ofString(form))
            .build(),
        BodyHandlers.ofString());
  }
}
