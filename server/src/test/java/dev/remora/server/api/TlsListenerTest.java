package dev.remora.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.remora.server.config.ClientRules;
import dev.remora.server.config.TlsFiles;
import dev.remora.server.tls.PortTls;
import dev.remora.server.tls.TestAuthority;
import dev.remora.server.tls.TestAuthority.Issued;
import dev.remora.server.tls.TestAuthority.Use;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client port over TLS: who gets in, by which versions, and what a renewal does. */
final class TlsListenerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

  @TempDir private Path directory = Path.of("unset");

  private final TestAuthority authority = new TestAuthority("authority");

  @Test
  void bothVersionsOfHttpAreServedOverTls() throws Exception {
    try (TestListener server = serve(open())) {
      for (HttpClient.Version version : HttpClient.Version.values()) {
        HttpResponse<String> reply = get(server, authority.client(List.of()), version);

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.version()).isEqualTo(version);
        assertThat(reply.sslSession().orElseThrow().getProtocol()).isEqualTo("TLSv1.3");
      }
    }
  }

  @Test
  void aPortIsPlainOrTlsAndNeverBoth() throws Exception {
    try (TestListener secure = serve(open());
        TestListener plain = TestListener.open()) {
      assertThat(exchange(secure.port(), GET.getBytes(StandardCharsets.US_ASCII)))
          .doesNotContain("200 OK");
      assertThatThrownBy(() -> get(plain, authority.client(List.of()), HttpClient.Version.HTTP_1_1))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void versionsBefore12AndWeakCiphersAreRefused() throws Exception {
    try (TestListener server = serve(open())) {
      for (String version : List.of("0301", "0302")) {
        String answer = exchange(server.port(), hello(version));

        // An alert, fatal: 70 is protocol_version (RFC 8446 §6).
        assertThat(answer.getBytes(StandardCharsets.ISO_8859_1)).startsWith(21).endsWith(2, 70);
      }
      assertThat(session(server, "TLSv1.2", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"))
          .isEqualTo("TLSv1.2");
      assertThatThrownBy(
              () -> session(server, "TLSv1.2", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"))
          .isInstanceOf(SSLException.class);
    }
  }

  @Test
  void onlyCertificatesOfTheAuthorityGetIn() throws Exception {
    Issued good = authority.issue("alice", Use.CLIENT);
    Issued revoked = authority.issue("mallory", Use.CLIENT);
    Instant past = Instant.now().minus(Duration.ofMinutes(5));
    Issued expired = authority.issue("alice", Use.CLIENT, past, "127.0.0.1");
    Issued foreign = new TestAuthority("authority").issue("alice", Use.CLIENT);
    Issued server = authority.issue("alice", Use.SERVER);
    authority.revoke(at("crl"), List.of(revoked.certificate()));
    try (TestListener listener = serve(closed())) {
      assertThat(get(listener, authority.client(List.of(good))).body()).isEqualTo("CN=alice");
      assertRefused(listener, List.of());
      assertRefused(listener, List.of(revoked));
      assertRefused(listener, List.of(expired));
      assertRefused(listener, List.of(foreign));
      assertRefused(listener, List.of(server));
    }
  }

  @Test
  void aRenewalCountsForNewConnectionsAndKeepsTheOld() throws Exception {
    PortTls tls = PortTls.read(open(), PortTls.Role.CLIENTS);
    try (TestListener server =
            new TestListener(ClientRules.DEFAULT, Optional.of(tls), TestListener.MANY);
        SSLSocket before = connect(server)) {
      X509Certificate first = shown(before);
      ask(before);

      authority.issue("server", Use.SERVER).write(at("cert"), at("key"));
      assertThat(tls.reread()).isTrue();
      server.renew();

      ask(before);
      try (SSLSocket after = connect(server)) {
        ask(after);
        assertThat(shown(after).getSerialNumber()).isNotEqualTo(first.getSerialNumber());
      }
    }
  }

  @Test
  void whoIsRevokedLaterGetsInNoMoreEvenByAnOldSession() throws Exception {
    Issued client = authority.issue("alice", Use.CLIENT);
    authority.revoke(at("crl"), List.of());
    PortTls tls = PortTls.read(closed(), PortTls.Role.CLIENTS);
    SSLContext remembering = authority.client(List.of(client));
    try (TestListener server =
        new TestListener(ClientRules.DEFAULT, Optional.of(tls), TestListener.MANY)) {
      assertThat(get(server, remembering).body()).isEqualTo("CN=alice");

      authority.revoke(at("crl"), List.of(client.certificate()));
      assertThat(tls.reread()).isTrue();
      server.renew();

      assertThatThrownBy(() -> get(server, remembering)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void halfOpenHandshakesAreBoundedAndDoNotKeepOthersOut() throws Exception {
    Doorkeeper.Bounds bounds = new Doorkeeper.Bounds(100, 0, 3, true);
    PortTls tls = PortTls.read(open(), PortTls.Role.CLIENTS);
    try (TestListener server = new TestListener(ClientRules.DEFAULT, Optional.of(tls), bounds);
        SSLSocket standing = connect(server)) {
      ask(standing);
      try (Socket one = silent(server);
          Socket two = silent(server);
          Socket three = silent(server)) {
        await().atMost(PATIENCE).until(() -> server.doorkeeper().handshakes() == 3);

        try (Socket four = silent(server)) {
          assertThat(four.getInputStream().read()).as("closed at once").isEqualTo(-1);
        }
        ask(standing);
        assertThat(List.of(one, two, three)).noneMatch(Socket::isClosed);
      }
      await().atMost(PATIENCE).until(() -> server.doorkeeper().handshakes() == 0);
      try (SSLSocket another = connect(server)) {
        ask(another);
      }
    }
  }

  /** RFC 2246 §7.4.1.2: of an old version, with the cipher that each of them must know. */
  private static byte[] hello(String version) {
    String body = version + "00".repeat(32) + "00" + "0004" + "c013002f" + "0100";
    String message = "01" + "%06x".formatted(body.length() / 2) + body;
    return HexFormat.of().parseHex("160301" + "%04x".formatted(message.length() / 2) + message);
  }

  private static String exchange(int port, byte[] sent) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
      socket.getOutputStream().write(sent);
      try (InputStream in = socket.getInputStream()) {
        return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
      } catch (java.net.SocketException e) {
        return ""; // A reset is a refusal, too.
      }
    }
  }

  private static Socket silent(TestListener server) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
    return socket;
  }

  private String session(TestListener server, String version, String cipher) throws IOException {
    try (SSLSocket socket = open(server)) {
      socket.setEnabledProtocols(new String[] {version});
      socket.setEnabledCipherSuites(new String[] {cipher});
      socket.startHandshake();
      return socket.getSession().getProtocol();
    }
  }

  private SSLSocket connect(TestListener server) throws IOException {
    SSLSocket socket = open(server);
    socket.startHandshake();
    return socket;
  }

  private SSLSocket open(TestListener server) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            authority
                .client(List.of())
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
    return socket;
  }

  private static void ask(SSLSocket socket) throws IOException {
    socket.getOutputStream().write(GET.getBytes(StandardCharsets.US_ASCII));
    StringBuilder read = new StringBuilder();
    while (!read.toString().endsWith("\r\n\r\nok")) {
      int next = socket.getInputStream().read();
      assertThat(next).as("after: %s", read).isNotNegative();
      read.append((char) next);
    }
  }

  private static X509Certificate shown(SSLSocket socket) throws IOException {
    return (X509Certificate) socket.getSession().getPeerCertificates()[0];
  }

  private void assertRefused(TestListener server, List<Issued> shown) {
    assertThatThrownBy(() -> get(server, authority.client(shown)))
        .as("%s", shown)
        .isInstanceOf(IOException.class);
  }

  private static HttpResponse<String> get(TestListener server, SSLContext context)
      throws IOException, InterruptedException {
    return get(server, context, HttpClient.Version.HTTP_1_1);
  }

  private static HttpResponse<String> get(
      TestListener server, SSLContext context, HttpClient.Version version)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newBuilder().sslContext(context).version(version).build()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + "/who"))
              .timeout(PATIENCE)
              .build(),
          BodyHandlers.ofString());
    }
  }

  private static TestListener serve(TlsFiles files) throws Exception {
    return new TestListener(
        ClientRules.DEFAULT,
        Optional.of(PortTls.read(files, PortTls.Role.CLIENTS)),
        TestListener.MANY);
  }

  private TlsFiles open() {
    authority.issue("server", Use.SERVER).write(at("cert"), at("key"));
    return new TlsFiles(at("cert"), at("key"), null, null, false, false, "");
  }

  private TlsFiles closed() {
    open();
    authority.write(at("ca"));
    return new TlsFiles(at("cert"), at("key"), at("ca"), at("crl"), true, false, "");
  }

  private Path at(String name) {
    return directory.resolve(name);
  }
}
