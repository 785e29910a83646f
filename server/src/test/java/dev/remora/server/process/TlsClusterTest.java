package dev.remora.server.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.remora.server.tls.TestAuthority;
import dev.remora.server.tls.TestAuthority.Issued;
import dev.remora.server.tls.TestAuthority.Use;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three members that speak TLS to each other, and a stranger. */
final class TlsClusterTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path directory = Path.of("unset");

  private final TestAuthority authority = new TestAuthority("authority");

  @Test
  void membersServeOverTlsRefuseStrangersAndTakeRenewedCertificates() throws Exception {
    authority.write(at("ca"));
    authority.issue("member", Use.BOTH).write(at("cert"), at("key"));
    try (ClusterProcesses cluster = cluster()) {
      cluster.startAll();
      Curl first = new Curl(cluster.url(0));
      Curl last = new Curl(cluster.url(2));
      assertThat(first.run("/a", "-XPUT", "-d", "value=1").status()).isEqualTo(201);
      assertThat(last.run("/a?quorum=true").body()).contains("\"value\":\"1\"");

      knock(cluster, authority.issue("mallory", Use.CLIENT));
      cluster.process(0).awaitLine("refused the certificate 'CN=mallory'", PATIENCE);

      Map<Integer, Integer> ends = ends(cluster);
      authority.issue("member", Use.BOTH).write(at("cert"), at("key"));
      for (int member = 0; member < 3; member++) {
        cluster.process(member).awaitLine("changed certificates are in force", PATIENCE);
      }
      assertThat(last.run("/a", "-XPUT", "-d", "value=2").status()).isEqualTo(200);
      assertThat(ends(cluster)).as("connections that ended over it").isEqualTo(ends);

      cluster.process(1).kill();
      cluster.start(1);
      await()
          .atMost(PATIENCE)
          .until(() ->
              new Curl(cluster.url(1)).run("/a?quorum=true").body().contains("\"value\":\"2\""));
    }
  }

  private ClusterProcesses cluster() {
    return ClusterProcesses.overTls(
        directory,
        3,
        "--peer-cert-file",
        at("cert").toString(),
        "--peer-key-file",
        at("key").toString(),
        "--peer-trusted-ca-file",
        at("ca").toString(),
        "--peer-client-cert-auth",
        "--peer-cert-allowed-cn",
        "member");
  }

  /** Comes with a certificate of the same authority that is meant for a client. */
  private void knock(ClusterProcesses cluster, Issued shown) throws IOException {
    int port = URI.create(cluster.peerUrl(0)).getPort();
    try (SSLSocket socket =
        (SSLSocket)
            authority
                .client(List.of(shown))
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
      socket.startHandshake();
      assertThat(socket.getInputStream().read()).as("what a stranger is told").isEqualTo(-1);
    } catch (javax.net.ssl.SSLException | java.net.SocketException e) {
      return; // Told so by an alert, which comes after its own handshake is done, or cut off.
    }
  }

  private static Map<Integer, Integer> ends(ClusterProcesses cluster) {
    Map<Integer, Integer> ends = new TreeMap<>();
    for (int member = 0; member < 3; member++) {
      long count =
          cluster.process(member).output().stream()
              .filter(line -> line.contains("the connection to peer"))
              .filter(line -> line.contains("has ended"))
              .count();
      ends.put(member, Math.toIntExact(count));
    }
    return ends;
  }

  private Path at(String name) {
    return directory.resolve(name);
  }
}
