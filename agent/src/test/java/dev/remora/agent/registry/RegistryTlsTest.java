package dev.remora.agent.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.agent.runner.Registry;
import dev.remora.agent.view.KeyRange;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.SelfSignedCertificate;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registry that is reached by TLS and wants a certificate of who asks. */
final class RegistryTlsTest {
  private static final KeyRange KEY = new KeyRange.Key("/a");
  private static final SelfSignedCertificate SERVER = SelfSignedCertificate.create("localhost");
  private static final SelfSignedCertificate CLIENT = SelfSignedCertificate.create("agent");

  private final Vertx vertx = Vertx.vertx();

  @TempDir private Path directory;

  @AfterEach
  void close() {
    join(vertx.close());
  }

  @Test
  void filesThatAreReplacedAreUsedForNewConnections() throws Exception {
    Path ca = directory.resolve("ca.pem");
    Path certificate = directory.resolve("own.pem");
    Path key = directory.resolve("own.key");
    Files.copy(Path.of(CLIENT.certificatePath()), ca);
    Files.copy(Path.of(CLIENT.certificatePath()), certificate);
    Files.copy(Path.of(CLIENT.privateKeyPath()), key);
    Registry registry = registry(ca, certificate, key);
    assertThatThrownBy(() -> read(registry))
        .as("the wrong authority")
        .hasMessageContaining("https://localhost");

    Files.writeString(ca, Files.readString(Path.of(SERVER.certificatePath())));
    join(registry.refresh());

    assertThat(read(registry).revision()).isEqualTo(7);
  }

  @Test
  void aMissingFileIsNamedAndLookedForAgain() throws Exception {
    Path ca = directory.resolve("ca.pem");
    Registry registry = registry(ca, null, null);
    assertThatThrownBy(() -> read(registry)).hasMessageContaining("registry.tls");

    Files.copy(Path.of(SERVER.certificatePath()), ca);

    assertThatThrownBy(() -> read(registry))
        .as("the server wants a certificate")
        .hasMessageContaining("https://localhost");
  }

  private Registry registry(Path ca, @Nullable Path certificate, @Nullable Path key) {
    HttpServerOptions options =
        new HttpServerOptions()
            .setSsl(true)
            .setKeyCertOptions(SERVER.keyCertOptions())
            .setTrustOptions(CLIENT.trustOptions())
            .setClientAuth(ClientAuth.REQUIRED);
    int port =
        join(vertx
                .createHttpServer(options)
                .requestHandler(request ->
                    request.response().end("{\"header\":{\"revision\":\"7\"},\"kvs\":[]}"))
                .listen(0, "localhost"))
            .actualPort();
    URI endpoint = URI.create("https://localhost:" + port);
    return new EtcdRegistry(
        vertx,
        new Access(List.of(endpoint), Duration.ofSeconds(10), null, null, ca, certificate, key));
  }

  private static Registry.Ranges read(Registry registry) {
    return join(registry.read(List.of(KEY)));
  }

  private static <T> T join(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }
}
