package dev.remora.agent.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.remora.agent.runner.Registry;
import dev.remora.agent.runner.RegistryException;
import dev.remora.agent.view.Event;
import dev.remora.agent.view.KeyRange;
import dev.remora.agent.view.KeyValue;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a registry may answer, and that the agent survives it. */
final class HostileRegistryTest {
  private static final KeyRange KEY = new KeyRange.Key("/a");
  private static final String GOOD =
      "{\"header\":{\"revision\":\"7\"},\"kvs\":[{\"key\":\"L2E=\",\"value\":\"eA==\","
          + "\"create_revision\":\"2\",\"mod_revision\":\"3\"}]}";
  private static final Registry.Ranges READ =
      new Registry.Ranges(7, List.of(List.of(new KeyValue("/a", "x", 2, 3, 0))));

  private Duration timeout = Duration.ofSeconds(20);
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));

  @AfterEach
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void aGoodAnswerIsRead() {
    assertThat(read(registry(serve(answer(200, GOOD))))).isEqualTo(READ);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "not json",
        "[]",
        "null",
        "{\"header\":{\"revision\":\"7\"},\"kvs\":{}}",
        "{\"header\":{\"revision\":\"7\"},\"kvs\":[1]}",
        "{\"header\":{\"revision\":\"7\"},\"kvs\":[{\"key\":\"%%\"}]}",
        "{\"header\":{\"revision\":\"7\"},\"kvs\":[{\"key\":{}}]}",
        "{\"header\":{\"revision\":\"99999999999999999999\"}}",
        "{\"header\":{\"revision\":1.5}}",
        "{\"kvs\":[]}",
        "{\"header\":7}"
      })
  void aMalformedAnswerIsAnErrorOfTheRegistry(String body) {
    Registry registry = registry(serve(answer(200, body)));

    assertThatThrownBy(() -> read(registry))
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("127.0.0.1");
  }

  @Test
  void aRedirectIsNotFollowed() {
    AtomicInteger reached = new AtomicInteger();
    URI target =
        serve(request -> {
          reached.incrementAndGet();
          answer(200, GOOD).handle(request);
        });
    URI redirecting =
        serve(request ->
            request.response().setStatusCode(307).putHeader("Location", target + "/").end());

    assertThatThrownBy(() -> read(registry(redirecting))).hasMessageContaining("redirect (307)");
    assertThat(reached).hasValue(0);
  }

  @Test
  void aServerErrorTextIsCutAndFlattened() {
    String error = "{\"error\":\"bad\\n" + "x".repeat(5_000) + "\",\"code\":13}";

    assertThatThrownBy(() -> read(registry(serve(answer(500, error)))))
        .satisfies(e ->
            assertThat(e.getMessage())
                .contains("answers 500: bad x")
                .hasSizeLessThan(400)
                .doesNotContain("\n"));
  }

  @Test
  void anEndlessAnswerIsCutOffAndItsConnectionDropped() {
    timeout = Duration.ofSeconds(4);
    AtomicInteger dropped = new AtomicInteger();
    URI endless =
        serve(request -> {
          request.response().closeHandler(_ -> dropped.incrementAndGet());
          request.response().setChunked(true);
          flood(request, Buffer.buffer(new byte[1 << 20]));
        });
    Registry registry = registry(endless);

    assertThatThrownBy(() -> read(registry)).hasMessageContaining("larger than");
    await().until(() -> dropped.get() == 1);
  }

  @Test
  void anAnswerThatDripsPastTheTimeoutIsDropped() {
    timeout = Duration.ofMillis(200);
    AtomicInteger dropped = new AtomicInteger();
    URI dripping =
        serve(request -> {
          request.response().closeHandler(_ -> dropped.incrementAndGet());
          request.response().setChunked(true);
          vertx.setPeriodic(20, _ -> request.response().write(" "));
        });
    Registry registry = registry(dripping);

    assertThatThrownBy(() -> read(registry)).hasMessageContaining("no answer within 200 ms");
    await().until(() -> dropped.get() == 1);
  }

  @Test
  void silenceEndsAtTheTimeout() {
    timeout = Duration.ofMillis(200);
    Registry registry = registry(serve(_ -> {}));

    assertThatThrownBy(() -> read(registry)).hasMessageContaining("no answer within 200 ms");
  }

  @Test
  void theNextEndpointIsTriedAtOnceAndKept() {
    AtomicInteger bad = new AtomicInteger();
    URI failing =
        serve(request -> {
          bad.incrementAndGet();
          request.connection().close();
        });
    Registry registry = registry(failing, serve(answer(200, GOOD)));

    assertThat(read(registry)).isEqualTo(READ);
    assertThat(read(registry)).isEqualTo(READ);
    assertThat(bad).hasValue(1);
  }

  @Test
  void aRefusalIsNotCarriedToTheNextEndpoint() {
    AtomicInteger second = new AtomicInteger();
    URI refusing = serve(answer(403, "{\"error\":\"etcdserver: permission denied\",\"code\":7}"));
    URI other = serve(_ -> second.incrementAndGet());

    assertThatThrownBy(() -> read(registry(refusing, other)))
        .hasMessageContaining("etcdserver: permission denied");
    assertThat(second).hasValue(0);
  }

  @Test
  void aWatchMessageMayComeInPieces() {
    String line =
        "{\"result\":{\"header\":{\"revision\":\"9\"},\"events\":[{\"type\":\"DELETE\","
            + "\"kv\":{\"key\":\"L2E=\",\"mod_revision\":\"9\"}}]}}\n";
    URI slow =
        serve(request -> {
          var response = request.response().setChunked(true);
          response.write("{\"result\":{\"header\":{\"revision\":\"8\"},\"created\":true}}\n");
          response.write(line.substring(0, 30));
          vertx.setTimer(20, _ -> response.write(line.substring(30)));
        });
    Told told = new Told();

    watch(registry(slow), told);

    await().untilAsserted(() -> assertThat(told.what).hasSize(2));
    assertThat(told.what).containsExactly("open 8", "events /a [Delete[key=/a, revision=9]]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"result\":",
        "7",
        "{}",
        "{\"result\":{\"events\":7}}",
        "{\"error\":{\"message\":\"etcdserver: no leader\"}}",
        "{\"result\":{\"canceled\":true,\"cancel_reason\":\"no\"}}"
      })
  void aMalformedOrRefusedWatchEndsOnceWithAReason(String line) {
    URI bad = serve(request -> request.response().setChunked(true).write(line + "\n"));
    Told told = new Told();

    watch(registry(bad), told);

    await().untilAsserted(() -> assertThat(told.what).isNotEmpty());
    assertThat(told.what).singleElement().asString().startsWith("end registry http://127.0.0.1");
  }

  @Test
  void aCompactedWatchAsksForAFreshRead() {
    URI compacting =
        serve(request ->
            request
                .response()
                .setChunked(true)
                .write(
                    """
                    {"result":{"header":{"revision":"9"},"created":true}}
                    {"result":{"canceled":true,"compact_revision":"8"}}
                    """));
    Told told = new Told();

    watch(registry(compacting), told);

    await().untilAsserted(() -> assertThat(told.what).hasSize(2));
    assertThat(told.what).containsExactly("open 9", "compacted /a");
  }

  @Test
  void aLineWithoutEndIsCutOffAndReadAnew() {
    URI endless =
        serve(request -> {
          request.response().setChunked(true);
          flood(request, Buffer.buffer("x".repeat(1 << 20)));
        });
    Told told = new Told();

    watch(registry(endless), told);

    await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(told.what).hasSize(2));
    assertThat(told.what.getFirst()).isEqualTo("compacted /a");
    assertThat(told.what.getLast()).contains("sent a line longer than");
  }

  private void flood(HttpServerRequest request, Buffer chunk) {
    request.response().write(chunk).onSuccess(_ -> vertx.runOnContext(_ -> flood(request, chunk)));
  }

  private static Handler<HttpServerRequest> answer(int status, String body) {
    return request -> request.response().setStatusCode(status).end(body);
  }

  private URI serve(Handler<HttpServerRequest> handler) {
    int port =
        join(vertx.createHttpServer().requestHandler(handler).listen(0, "127.0.0.1")).actualPort();
    return URI.create("http://127.0.0.1:" + port);
  }

  private Registry registry(URI... endpoints) {
    return new EtcdRegistry(vertx, Access.plain(List.of(endpoints), timeout));
  }

  private static Registry.Ranges read(Registry registry) {
    return join(registry.read(List.of(KEY)));
  }

  private static void watch(Registry registry, Told told) {
    var _ = registry.watch(List.of(new Registry.WatchFrom(KEY, 8)), told);
  }

  private static <T> T join(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }

  /** Writes down what a watch tells. */
  private static final class Told implements Registry.WatchListener {
    private final List<String> what = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void onOpen(long revision) {
      what.add("open " + revision);
    }

    @Override
    public void onEvents(KeyRange range, List<Event> events) {
      what.add("events " + range.start() + " " + events);
    }

    @Override
    public void onCompacted(KeyRange range) {
      what.add("compacted " + range.start());
    }

    @Override
    public void onEnd(RegistryException reason) {
      what.add("end " + reason.getMessage());
    }
  }
}
