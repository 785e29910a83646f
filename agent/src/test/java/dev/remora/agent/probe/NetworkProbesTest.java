package dev.remora.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.remora.agent.process.ProcessCommands;
import dev.remora.agent.runner.Probes;
import dev.remora.agent.service.CheckStatus;
import dev.remora.agent.service.Probe;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.SelfSignedCertificate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NetworkProbesTest {
  private static final long PATIENT = 10_000;
  private static final Probe.Tls OFF = Probe.Tls.OFF;

  private final Vertx vertx = Vertx.vertx();
  private final NetworkProbes probes = new NetworkProbes(vertx, new ProcessCommands());

  @TempDir Path directory;

  @AfterEach
  void close() {
    join(vertx.close());
  }

  @ParameterizedTest
  @CsvSource({"200, PASSING", "204, PASSING", "429, WARNING", "404, CRITICAL", "500, CRITICAL"})
  void aStatusCodeDecides(int code, CheckStatus expected) {
    int port = serve(request -> request.response().setStatusCode(code).end("secret"));

    assertThat(look(http(port, List.of())))
        .isEqualTo(new Probes.Finding(expected, "answered " + code));
  }

  @Test
  void expectedCodesReplaceTheUsualOnes() {
    int port = serve(request -> request.response().setStatusCode(404).end());

    assertThat(look(http(port, List.of(404, 418))).status()).isEqualTo(CheckStatus.PASSING);
    assertThat(look(http(port, List.of(200))).status()).isEqualTo(CheckStatus.CRITICAL);
  }

  @Test
  void methodHeadersAndBodyAreSent() {
    StringBuilder seen = new StringBuilder();
    int port =
        serve(request ->
            request
                .body()
                .onSuccess(body -> {
                  seen.append(request.method()).append(' ');
                  seen.append(request.getHeader("X-Probe")).append(' ').append(body);
                  request.response().end();
                }));

    look(
        new Probe.Http(
            url(port), OFF, "PUT", Map.of("X-Probe", "remora"), "hello", List.of(), true));

    assertThat(seen).hasToString("PUT remora hello");
  }

  @Test
  void aRedirectIsFollowedOrTakenForTheAnswer() {
    int target = serve(request -> request.response().end());
    int port =
        serve(request ->
            request.response().setStatusCode(302).putHeader("Location", url(target)).end());

    assertThat(look(http(port, List.of())).reason()).isEqualTo("answered 200");
    assertThat(
            look(new Probe.Http(url(port), OFF, "GET", Map.of(), "", List.of(302), false)).reason())
        .isEqualTo("answered 302");
  }

  @Test
  void aSilentServerIsCriticalAtTheTimeoutAndLeftAlone() {
    AtomicInteger closed = new AtomicInteger();
    int port = serve(request -> request.connection().closeHandler(_ -> closed.incrementAndGet()));

    assertThat(join(probes.look(http(port, List.of()), 200)))
        .isEqualTo(new Probes.Finding(CheckStatus.CRITICAL, "no answer within 200 ms"));
    await().until(() -> closed.get() == 1);
  }

  @Test
  void anEndlessAnswerIsNotRead() {
    AtomicInteger closed = new AtomicInteger();
    int port =
        serve(request -> {
          request.connection().closeHandler(_ -> closed.incrementAndGet());
          request.response().setChunked(true);
          flood(request);
        });

    assertThat(look(http(port, List.of())).status()).isEqualTo(CheckStatus.PASSING);
    await().until(() -> closed.get() == 1);
  }

  @Test
  void aClosedPortIsCritical() {
    Probe.Tcp closed = new Probe.Tcp("127.0.0.1", 1, OFF);

    assertThat(look(closed))
        .isEqualTo(new Probes.Finding(CheckStatus.CRITICAL, "connection refused"));
    assertThat(look(http(1, List.of())).reason()).isEqualTo("connection refused");
    assertThat(look(new Probe.Grpc("127.0.0.1", 1, "", OFF)).reason())
        .isEqualTo("connection refused");
  }

  @Test
  void anOpenPortPassesAndIsClosedAgain() {
    AtomicInteger closed = new AtomicInteger();
    int port =
        join(vertx
                .createNetServer()
                .connectHandler(socket -> socket.closeHandler(_ -> closed.incrementAndGet()))
                .listen(0, "127.0.0.1"))
            .actualPort();

    assertThat(look(new Probe.Tcp("127.0.0.1", port, OFF)).status()).isEqualTo(CheckStatus.PASSING);
    await().until(() -> closed.get() == 1);
  }

  @Test
  void aCertificateIsVerifiedUnlessThatIsTurnedOff() {
    SelfSignedCertificate certificate = SelfSignedCertificate.create("localhost");
    NetServerOptions options =
        new NetServerOptions().setSsl(true).setKeyCertOptions(certificate.keyCertOptions());
    int port =
        join(vertx.createNetServer(options).connectHandler(_ -> {}).listen(0, "127.0.0.1"))
            .actualPort();

    assertThat(look(new Probe.Tcp("localhost", port, Probe.Tls.VERIFIED)))
        .isEqualTo(new Probes.Finding(CheckStatus.CRITICAL, "TLS failed"));
    assertThat(look(new Probe.Tcp("localhost", port, Probe.Tls.UNVERIFIED)).status())
        .isEqualTo(CheckStatus.PASSING);
  }

  @Test
  void tlsThatIsNotSpokenIsCritical() {
    int port =
        join(vertx
                .createNetServer()
                .connectHandler(socket -> socket.write("220 hello\r\n"))
                .listen(0, "127.0.0.1"))
            .actualPort();

    assertThat(look(new Probe.Tcp("localhost", port, Probe.Tls.UNVERIFIED)).status())
        .isEqualTo(CheckStatus.CRITICAL);
  }

  @ParameterizedTest
  @CsvSource({"1, PASSING, serving", "2, CRITICAL, not serving", "3, CRITICAL, not serving"})
  void theHealthOfAGrpcServiceDecides(int state, CheckStatus expected, String reason) {
    StringBuilder asked = new StringBuilder();
    int port =
        serve(request ->
            request
                .body()
                .onSuccess(body -> {
                  asked.append(request.path()).append(' ').append(body.getString(7, body.length()));
                  request
                      .response()
                      .putHeader("content-type", "application/grpc")
                      .putTrailer("grpc-status", "0")
                      .end(Buffer.buffer(new byte[] {0, 0, 0, 0, 2, 8, (byte) state}));
                }));

    assertThat(look(new Probe.Grpc("127.0.0.1", port, "shop.Cart", OFF)))
        .isEqualTo(new Probes.Finding(expected, reason));
    assertThat(asked).hasToString("/grpc.health.v1.Health/Check shop.Cart");
  }

  @Test
  void aGrpcErrorIsCriticalWithItsCode() {
    int port =
        serve(request ->
            request
                .response()
                .putHeader("content-type", "application/grpc")
                .putHeader("grpc-status", "12")
                .putHeader("grpc-message", "secret")
                .end());

    assertThat(look(new Probe.Grpc("127.0.0.1", port, "", OFF)))
        .isEqualTo(new Probes.Finding(CheckStatus.CRITICAL, "gRPC status 12"));
  }

  @Test
  void anExitCodeDecides() {
    assertThat(look(sh("exit 0")).status()).isEqualTo(CheckStatus.PASSING);
    assertThat(look(sh("exit 1")).status()).isEqualTo(CheckStatus.WARNING);
    assertThat(look(sh("echo secret; exit 2")))
        .isEqualTo(new Probes.Finding(CheckStatus.CRITICAL, "exited with 2"));
    assertThat(look(new Probe.Command(List.of("no-such-program"))).status())
        .isEqualTo(CheckStatus.CRITICAL);
  }

  @Test
  void aCommandDiesAtTheTimeoutWithAllItHasStarted() throws Exception {
    Path pids = directory.resolve("pids");
    String script =
        "sleep 60 & echo $! >> " + pids + "; (sleep 60 & echo $! >> " + pids + "); wait";

    assertThat(join(probes.look(sh(script), 500)))
        .isEqualTo(new Probes.Finding(CheckStatus.CRITICAL, "killed after 500 ms"));

    List<String> started = Files.readAllLines(pids);
    assertThat(started).hasSize(2);
    await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> started.stream().map(Long::valueOf).noneMatch(NetworkProbesTest::isAlive));
  }

  private static boolean isAlive(long pid) {
    return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
  }

  private void flood(HttpServerRequest request) {
    request
        .response()
        .write(Buffer.buffer(new byte[1 << 16]))
        .onSuccess(_ -> vertx.runOnContext(_ -> flood(request)));
  }

  private static Probe sh(String script) {
    return new Probe.Command(List.of("sh", "-c", script));
  }

  private static Probe http(int port, List<Integer> expect) {
    return new Probe.Http(url(port), OFF, "GET", Map.of(), "", expect, true);
  }

  private static String url(int port) {
    return "http://127.0.0.1:" + port + "/health?full";
  }

  private int serve(Handler<HttpServerRequest> handler) {
    return join(vertx
            .createHttpServer(new HttpServerOptions())
            .requestHandler(handler)
            .listen(0, "127.0.0.1"))
        .actualPort();
  }

  private Probes.Finding look(Probe probe) {
    return join(probes.look(probe, PATIENT));
  }

  private static <T> T join(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }
}
