package dev.remora.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.process.ServerProcess.Ended;
import dev.remora.server.tls.TestAuthority;
import dev.remora.server.tls.TestAuthority.Use;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole server whose clients speak TLS. */
final class TlsProcessTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path directory = Path.of("unset");

  private final TestAuthority authority = new TestAuthority("authority");

  @Test
  void eachUrlIsPlainOrTlsByItsScheme() throws Exception {
    authority.write(at("ca"));
    authority.issue("server", Use.SERVER).write(at("cert"), at("key"));
    authority.issue("alice", Use.CLIENT).write(at("alice.cert"), at("alice.key"));
    int secure = StoreProcess.freePort();
    int plain = StoreProcess.freePort();
    String urls = "https://127.0.0.1:" + secure + ",http://127.0.0.1:" + plain;
    try (ServerProcess _ =
        ServerProcess.start(
            at("data"),
            plain,
            "--listen-client-urls",
            urls,
            "--cert-file",
            at("cert").toString(),
            "--key-file",
            at("key").toString(),
            "--trusted-ca-file",
            at("ca").toString(),
            "--client-cert-auth")) {
      Curl overTls = new Curl(URI.create("https://127.0.0.1:" + secure));
      Curl overTcp = new Curl(URI.create("http://127.0.0.1:" + plain));
      String ca = at("ca").toString();

      int put =
          overTls
              .run(
                  "/a",
                  "-XPUT",
                  "-dvalue=1",
                  "--cacert",
                  ca,
                  "--cert",
                  at("alice.cert").toString(),
                  "--key",
                  at("alice.key").toString())
              .status();

      assertThat(put).isEqualTo(201);
      assertThat(overTcp.run("/a").body()).contains("\"value\":\"1\"");
      int exitCode = overTls.start("/a", "--cacert", ca).process().awaitExit(PATIENCE);
      assertThat(exitCode).as("curl's exit code without a certificate").isNotZero();
    }
  }

  @Test
  void anAutomaticCertificateServesAndIsKept() throws Exception {
    int port = StoreProcess.freePort();
    String url = "https://127.0.0.1:" + port;
    String[] flags = {"--listen-client-urls", url, "--advertise-client-urls", url, "--auto-tls"};
    Path kept = at("data").resolve("tls/client/cert.pem");
    byte[] first;
    try (ServerProcess _ = ServerProcess.start(at("data"), port, flags)) {
      assertThat(new Curl(URI.create(url)).run("/a", "-k", "-XPUT", "-dvalue=1").status())
          .isEqualTo(201);
      first = Files.readAllBytes(kept);
    }
    try (ServerProcess _ = ServerProcess.start(at("data"), port, flags)) {
      assertThat(new Curl(URI.create(url)).run("/a", "-k").body()).contains("\"value\":\"1\"");
      assertThat(kept).hasBinaryContent(first);
    }
  }

  @Test
  void allMistakesOfCertificatesAreToldBeforeAnythingIsBegun() {
    int port = StoreProcess.freePort();
    Ended ended =
        ServerProcess.startExpectingEnd(
            List.of(),
            at("data"),
            port,
            "--listen-client-urls",
            "https://127.0.0.1:" + port,
            "--cert-file",
            at("no-cert").toString(),
            "--key-file",
            at("no-key").toString(),
            "--peer-trusted-ca-file",
            at("no-ca").toString());

    assertThat(ended.exitCode()).isEqualTo(2);
    assertThat(ended.output().stream().filter(line -> line.startsWith("remora")))
        .containsExactly(
            "remora server: " + at("no-cert") + " does not exist",
            "remora server: " + at("no-key") + " does not exist",
            "remora server: " + at("no-ca") + " does not exist");
    assertThat(at("data")).doesNotExist();
  }

  private Path at(String name) {
    return directory.resolve(name);
  }
}
