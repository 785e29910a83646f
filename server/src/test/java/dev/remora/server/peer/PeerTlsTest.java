package dev.remora.server.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.config.TlsFiles;
import dev.remora.server.peer.proto.Hello;
import dev.remora.server.peer.proto.PeerMessage;
import dev.remora.server.tls.PortTls;
import dev.remora.server.tls.SelfMade;
import dev.remora.server.tls.TestAuthority;
import dev.remora.server.tls.TestAuthority.Issued;
import dev.remora.server.tls.TestAuthority.Use;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who gets in at the peer port when it listens for TLS, and whom a member connects to. */
final class PeerTlsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir private Path directory = Path.of("unset");

  private final Vertx vertx = Vertx.vertx();
  private final List<Dialer> dialers = new ArrayList<>();
  private final TestAuthority authority = new TestAuthority("authority");

  @BeforeEach
  void writeAuthority() {
    authority.write(at("ca"));
    authority.revoke(at("crl"), List.of());
  }

  @AfterEach
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void membersOfOneAuthorityConnect() throws Exception {
    PortTls listening = member("listening", authority.issue("m1", Use.BOTH), "");
    PortTls dialing = member("dialing", authority.issue("m2", Use.BOTH), "");

    assertThat(getsIn(dialing, listening)).isTrue();
  }

  @Test
  void aCertificateForClientsOfTheSameAuthorityDoesNotOpenThePeerPort() throws Exception {
    PortTls listening = member("listening", authority.issue("m1", Use.BOTH), "");

    assertThat(getsIn(member("a", authority.issue("m2", Use.CLIENT), ""), listening)).isFalse();
    assertThat(getsIn(member("b", authority.issue("m2", Use.SERVER), ""), listening)).isFalse();
  }

  @Test
  void strangersDoNotGetIn() throws Exception {
    PortTls listening = member("listening", authority.issue("m1", Use.BOTH), "");
    Issued foreign = new TestAuthority("authority").issue("m2", Use.BOTH);
    Instant past = Instant.now().minus(Duration.ofMinutes(5));
    Issued expired = authority.issue("m2", Use.BOTH, past, "127.0.0.1");
    Issued revoked = authority.issue("m2", Use.BOTH);
    authority.revoke(at("crl"), List.of(revoked.certificate()));
    PortTls knowing = member("knowing", authority.issue("m1", Use.BOTH), "");
    PortTls nameless =
        PortTls.read(
            new TlsFiles(null, null, at("ca"), null, true, false, ""), PortTls.Role.MEMBERS);

    assertThat(getsIn(member("a", foreign, ""), listening)).as("another authority").isFalse();
    assertThat(getsIn(member("b", expired, ""), listening)).as("expired").isFalse();
    assertThat(getsIn(nameless, listening)).as("no certificate").isFalse();
    assertThat(getsIn(member("c", revoked, ""), knowing)).as("revoked").isFalse();
  }

  @Test
  void whereANameIsAskedForBothSidesMustHaveIt() throws Exception {
    PortTls named = member("named", authority.issue("member", Use.BOTH), "member");
    PortTls same = member("same", authority.issue("member", Use.BOTH), "member");
    PortTls other = member("other", authority.issue("client", Use.BOTH), "");

    assertThat(getsIn(same, named)).isTrue();
    assertThat(getsIn(other, named)).as("one of another name connects").isFalse();
    assertThat(getsIn(named, other)).as("it connects to one of another name").isFalse();
  }

  /** CVE-2018-19653, CVE-2019-9764: a certificate proves nothing unless its name is compared. */
  @Test
  void whoIsReachedMustBeWhoTheUrlNames() throws Exception {
    Instant end = Instant.now().plus(Duration.ofHours(1));
    PortTls elsewhere = member("elsewhere", authority.issue("m1", Use.BOTH, end, "127.0.0.9"), "");

    assertThat(getsIn(member("a", authority.issue("m2", Use.BOTH), ""), elsewhere)).isFalse();
  }

  @Test
  void selfMadeCertificatesServeWithoutBeingVerified() throws Exception {
    PortTls one = selfMade("one");
    PortTls two = selfMade("two");

    assertThat(getsIn(one, two)).isTrue();
  }

  private PortTls selfMade(String name) throws Exception {
    TlsFiles files = new TlsFiles(null, null, null, null, false, true, "");
    return PortTls.read(
        SelfMade.complete(files, at(name), List.of("127.0.0.1")), PortTls.Role.MEMBERS);
  }

  private PortTls member(String name, Issued issued, String allowed) throws Exception {
    issued.write(at(name + ".cert"), at(name + ".key"));
    return PortTls.read(
        new TlsFiles(
            at(name + ".cert"), at(name + ".key"), at("ca"), at("crl"), true, false, allowed),
        PortTls.Role.MEMBERS);
  }

  /** Whether one that dials is answered by one that listens. */
  private boolean getsIn(PortTls dialing, PortTls listening) throws Exception {
    CompletableFuture<Boolean> answered = new CompletableFuture<>();
    vertx.runOnContext(_ -> {
      PeerTransport transport = new PeerTransport(vertx, listening);
      transport.begin(new Recorder(new ArrayList<>()));
      Dialer dialer = new Dialer(vertx, dialing, new NetClientOptions());
      dialers.add(dialer);
      transport
          .listen(0, "127.0.0.1", true)
          .compose(port ->
              dialer.connect(PeerAddress.all(List.of("https://127.0.0.1:" + port)).getFirst()))
          .onSuccess(socket -> greet(socket, answered))
          .onFailure(_ -> answered.complete(false));
    });
    return answered.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private static void greet(NetSocket socket, CompletableFuture<Boolean> answered) {
    PeerMessage hello =
        PeerMessage.newBuilder()
            .setFrom(1)
            .setTo(2)
            .setHello(Hello.newBuilder().setFormat(PeerTransport.FORMAT).setCluster(77))
            .build();
    socket.handler(_ -> answered.complete(true));
    socket.exceptionHandler(_ -> answered.complete(false));
    socket.closeHandler(_ -> answered.complete(false));
    socket.write(Frames.frame(hello.toByteArray()));
  }

  private Path at(String name) {
    return directory.resolve(name);
  }
}
