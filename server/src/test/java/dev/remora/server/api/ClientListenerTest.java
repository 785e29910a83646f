package dev.remora.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.remora.server.api.v2.V2Settings;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes before any API: HTTP itself, its limits, and the end of the listener. */
final class ClientListenerTest {
  private static final String HOST = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";

  private final TestServer server = TestServer.start(new V2Settings(1_000, 1_000, 7_000, 0));
  private final HttpCaller caller = new HttpCaller(server);

  @AfterEach
  void close() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/version", "/nothing", "/v2/keys/missing", "/v2/keys//a", "/health"})
  void everyReplySaysThatAllOriginsMayAsk(String path) {
    HttpResponse<String> reply = caller.get(path);

    assertThat(reply.headers().allValues("Access-Control-Allow-Origin")).containsExactly("*");
    assertThat(reply.headers().firstValue("Access-Control-Allow-Methods"))
        .hasValue("POST, GET, OPTIONS, PUT, DELETE");
    assertThat(reply.headers().firstValue("Access-Control-Allow-Headers"))
        .hasValue("accept, content-type, authorization");
  }

  @Test
  void optionsIsAnsweredOnAnyPath() {
    String reply = caller.exchange("OPTIONS /nothing//here" + HOST + "\r\n");

    assertThat(reply).startsWith("HTTP/1.1 200 OK\r\n").contains("Content-Length: 0\r\n");
  }

  @Test
  void headersComeInEtcdsOrder() {
    String reply = caller.exchange("GET /v2/keys/a" + HOST + "\r\n");

    assertThat(reply.lines().map(line -> line.replaceFirst(":.*", "")).toList())
        .containsSubsequence(
            "Access-Control-Allow-Headers",
            "Access-Control-Allow-Methods",
            "Access-Control-Allow-Origin",
            "Content-Type",
            "X-Etcd-Cluster-Id",
            "X-Etcd-Index",
            "Date",
            "Content-Length");
    assertThat(reply).contains("X-Etcd-Cluster-Id: cdf818194e3a8c32\r\n");
  }

  @Test
  void anUncleanPathIsSentElsewhereAndNothingIsDone() {
    HttpResponse<String> moved = caller.put("/v2/keys//a", "value=1");
    HttpResponse<String> shown = caller.get("/v2/keys/./a?x=%20");

    assertThat(moved.statusCode()).isEqualTo(301);
    assertThat(moved.headers().firstValue("Location")).hasValue("/v2/keys/a");
    assertThat(moved.headers().firstValue("Content-Type")).isEmpty();
    assertThat(moved.body()).isEmpty();
    assertThat(shown.body()).isEqualTo("<a href=\"/v2/keys/a?x=%20\">Moved Permanently</a>.\n\n");
    assertThat(caller.get("/v2/keys/a").statusCode()).isEqualTo(404);
  }

  @Test
  void unknownPathsAndMethodsAreRefusedInText() {
    assertThat(caller.get("/v2/keysfoo").body()).isEqualTo("404 page not found\n");
    HttpResponse<String> patch = caller.send("PATCH", "/v2/keys/a", "");

    assertThat(patch.statusCode()).isEqualTo(405);
    assertThat(patch.headers().firstValue("Allow")).hasValue("HEAD,GET,PUT,POST,DELETE");
    assertThat(patch.body()).isEqualTo("Method Not Allowed\n");
  }

  @Test
  void theSmallPathsAnswer() {
    assertThat(caller.get("/version").body())
        .isEqualTo("{\"etcdserver\":\"3.4.44\",\"etcdcluster\":\"3.4.0\"}");
    assertThat(caller.get("/health").body()).isEqualTo("{\"health\":\"true\"}");
    assertThat(caller.get("/livez").body()).isEqualTo("ok\n");
    assertThat(caller.get("/readyz").body()).isEqualTo("ok\n");
    assertThat(caller.get("/v2/machines").body()).isEqualTo("http://127.0.0.1:2379");
    assertThat(caller.delete("/health").statusCode()).isEqualTo(405);
  }

  @Test
  void aLineOrHeadersBeyond8KibAreRefused() {
    String line = "GET /v2/keys/" + "a".repeat(ClientListener.LINE_BYTES_MAX);
    String header = "X-Long: " + "a".repeat(ClientListener.HEADER_BYTES_MAX) + "\r\n";

    assertThat(caller.exchange(line + HOST + "\r\n")).contains(" 414 Request-URI Too Long\r\n");
    assertThat(caller.exchange("GET /version" + HOST + header + "\r\n"))
        .contains(" 431 Request Header Fields Too Large\r\n");
    assertThat(caller.exchange("GET /v2/keys/" + "a".repeat(8_100) + HOST + "\r\n"))
        .startsWith("HTTP/1.1 404 ");
  }

  @Test
  void whatIsNotHttpIsRefusedAndTheConnectionEnds() {
    assertThat(caller.exchange("GET /v2/keys/%zz HTTP/1.1\r\nHost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 400 Bad Request\r\n")
        .endsWith("\r\n\r\n400 Bad Request");
    assertThat(caller.exchange("GET /version HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    assertThat(caller.exchange("GET /version HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n"))
        .startsWith("HTTP/1.1 417 ");
    assertThat(caller.exchange("NONSENSE\r\n\r\n")).contains(" 400 ");
  }

  @Test
  void aFormBeyondTheLimitIsRefusedInV2sWords() {
    HttpResponse<String> fits = caller.put("/v2/keys/a", "value=" + "x".repeat(994));
    HttpResponse<String> refused = caller.put("/v2/keys/b", "value=" + "x".repeat(995));
    HttpResponse<String> huge = caller.put("/v2/keys/b", "value=" + "x".repeat(1_000_000));

    assertThat(fits.statusCode()).isEqualTo(201);
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body())
        .isEqualTo(
            "{\"errorCode\":210,\"message\":\"Invalid POST form\","
                + "\"cause\":\"http: POST too large\",\"index\":0}\n");
    assertThat(huge.body()).isEqualTo(refused.body());
    assertThat(caller.get("/v2/keys/b").statusCode()).isEqualTo(404);
  }

  @Test
  void aListingOfMoreNodesThanAllowedIsRefused() {
    try (TestServer bounded = TestServer.start(new V2Settings(1_000, 1_000, 7_000, 2))) {
      HttpCaller its = new HttpCaller(bounded);
      for (String key : List.of("/d/a", "/d/b", "/d/c/d")) {
        its.put("/v2/keys" + key, "value=1");
      }

      HttpResponse<String> all = its.get("/v2/keys/d?quorum=true");
      HttpResponse<String> deep = its.get("/v2/keys?recursive=true");

      assertThat(all.statusCode()).isEqualTo(429);
      assertThat(all.body()).contains("\"errorCode\":300").contains("--max-range-keys");
      assertThat(deep.statusCode()).isEqualTo(429);
      assertThat(its.get("/v2/keys").statusCode()).isEqualTo(200);
      assertThat(its.delete("/v2/keys/d/c?recursive=true").statusCode()).isEqualTo(200);
      assertThat(its.get("/v2/keys/d").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aPathOfMoreThan1000SegmentsIsRefused() {
    String deep = "/v2/keys" + "/a".repeat(1_000);

    assertThat(caller.put(deep, "value=1").statusCode()).isEqualTo(201);
    HttpResponse<String> refused = caller.put(deep + "/b", "value=1");
    HttpResponse<String> read = caller.get("/v2/keys/a?recursive=true");

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("\"errorCode\":210");
    assertThat(read.statusCode()).isEqualTo(200);
    assertThat(read.body()).contains("/a".repeat(1_000) + "\",\"value\":\"1\"");
  }

  @Test
  void aLongBodyComesInChunksAndHeadHasNoLengthOfIt() {
    caller.put("/v2/keys/d/a", "value=" + "<".repeat(300));
    caller.put("/v2/keys/d/b", "value=" + "<".repeat(300));

    String get = caller.exchange("GET /v2/keys/d" + HOST + "\r\n");
    String head = caller.exchange("HEAD /v2/keys/d" + HOST + "\r\n");

    assertThat(get.toLowerCase(java.util.Locale.ROOT))
        .contains("transfer-encoding: chunked")
        .doesNotContain("content-length");
    assertThat(head)
        .startsWith("HTTP/1.1 200 OK\r\n")
        .doesNotContain("ength:")
        .endsWith("\r\n\r\n");
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() {
    String form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\n";
    String replies =
        caller.exchange(
            "PUT /v2/keys/a HTTP/1.1\r\nHost: x\r\n"
                + form
                + "\r\nvalue=1GET /v2/keys/a HTTP/1.1\r\nHost: x\r\n\r\nGET /version"
                + HOST
                + "\r\n");

    assertThat(replies)
        .containsSubsequence("201 Created", "\"action\":\"set\"", "\"action\":\"get\"", "3.4.44");
  }

  @Test
  void aWriteIsAnsweredWithItsOwnIndexAlsoWhenManyAreDoneAtOnce() {
    int before = server.member().log().entries().size();
    server.member().log().hold();
    String form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\n";
    List<HttpCaller.Wire> wires =
        IntStream.range(0, 20)
            .mapToObj(i -> caller.open("PUT /v2/keys/" + i + HOST + form + "\r\nvalue=1"))
            .toList();
    await().until(() -> server.member().log().entries().size() == before + 20);

    server.member().log().release();

    for (HttpCaller.Wire wire : wires) {
      String reply = wire.readToEnd();
      String index = reply.replaceFirst("(?s).*X-Etcd-Index: (\\d+).*", "$1");
      assertThat(reply).contains("\"modifiedIndex\":" + index + ",");
      wire.close();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void http2IsServedByUpgradeAndByPriorKnowledge(boolean isUpgrade) throws Exception {
    HttpClient client =
        server
            .member()
            .vertx()
            .createHttpClient(
                new HttpClientOptions()
                    .setProtocolVersion(HttpVersion.HTTP_2)
                    .setHttp2ClearTextUpgrade(isUpgrade));

    String got =
        client
            .request(HttpMethod.GET, server.port(), "127.0.0.1", "/v2/keys/a")
            .compose(request -> request.send())
            .compose(reply -> reply.body().map(body -> reply.version() + " " + body))
            .toCompletionStage()
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);

    assertThat(got).startsWith("HTTP_2 ").contains("\"errorCode\":100");
  }

  @Test
  void aGrpcCallIsToldThatItIsUnimplemented() throws Exception {
    HttpClient client =
        server
            .member()
            .vertx()
            .createHttpClient(
                new HttpClientOptions()
                    .setProtocolVersion(HttpVersion.HTTP_2)
                    .setHttp2ClearTextUpgrade(false));

    String status =
        client
            .request(HttpMethod.POST, server.port(), "127.0.0.1", "/etcdserverpb.KV/Range")
            .compose(request -> request.putHeader("content-type", "application/grpc").send())
            .map(reply -> reply.statusCode() + " " + reply.getHeader("grpc-status"))
            .toCompletionStage()
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);

    assertThat(status).isEqualTo("200 12");
  }

  @Test
  void stoppingCutsWatchesWithoutAnEndAndRefusesNewConnections() {
    try (HttpCaller.Wire watch =
            caller.open("GET /v2/keys/a?wait=true HTTP/1.1\r\nHost: x\r\n\r\n");
        HttpCaller.Wire idle = caller.open("GET /version HTTP/1.1\r\nHost: x\r\n\r\n")) {
      watch.readUntil("\r\n\r\n");
      idle.readUntil("3.4.0\"}");
      long start = System.nanoTime();

      server.stopListening();

      assertThat(watch.readToEnd()).doesNotContain("\r\n0\r\n");
      idle.readToEnd();
      assertThat(System.nanoTime() - start).isLessThan(TimeUnit.MILLISECONDS.toNanos(2_000));
      org.assertj.core.api.Assertions.assertThatThrownBy(() -> caller.open("GET / HTTP/1.1\r\n"))
          .isInstanceOf(AssertionError.class);
    }
  }
}
