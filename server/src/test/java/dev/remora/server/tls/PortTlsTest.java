package dev.remora.server.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.config.TlsFiles;
import dev.remora.server.tls.TestAuthority.Issued;
import dev.remora.server.tls.TestAuthority.Use;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of files of certificates, and what counts when they change. */
final class PortTlsTest {
  @TempDir private Path directory = Path.of("unset");

  private final TestAuthority authority = new TestAuthority("authority");

  @Test
  void allThatIsWrongIsToldAtOnce() throws IOException {
    authority.issue("a", Use.SERVER).write(at("cert"), at("key"));
    Files.writeString(at("empty"), "nothing\n");

    List<String> problems =
        PortTls.problems(
            new TlsFiles(at("missing"), at("empty"), at("cert"), at("empty"), true, false, ""));

    assertThat(problems)
        .containsExactly(
            at("missing") + " does not exist",
            at("empty") + " has no private key in PEM form",
            at("empty") + " is no list of revoked certificates");
  }

  @Test
  void aKeyMustBeTheCertificatesAndIsNeverShown() throws IOException {
    Issued other = authority.issue("b", Use.SERVER);
    authority.issue("a", Use.SERVER).write(at("cert"), at("unused"));
    other.write(at("unused"), at("key"));
    String secret = TestAuthority.pem(other.key());
    Files.writeString(at("broken"), secret.replace("M", "MM"));

    assertThat(PortTls.problems(files("cert", "key")))
        .containsExactly(at("key") + " is not the key of the first certificate in " + at("cert"));
    assertThat(PortTls.problems(files("cert", "broken")))
        .singleElement()
        .asString()
        .startsWith(at("broken").toString())
        .satisfies(text ->
            assertThat(secret.lines().filter(text::contains)).as("lines of the key").isEmpty());
  }

  @Test
  void anExpiredCertificateAndAnOpenKeyAreWarnedOf() throws Exception {
    Instant past = Instant.now().minus(Duration.ofHours(1));
    authority.issue("a", Use.SERVER, past, "127.0.0.1").write(at("cert"), at("key"));
    Files.setPosixFilePermissions(at("key"), PosixFilePermissions.fromString("rw-r-----"));

    Credentials read = Credentials.read(files("cert", "key"), false, Instant.now());

    assertThat(read.warnings())
        .hasSize(2)
        .anyMatch(line -> line.startsWith(at("cert") + " expired at "))
        .anyMatch(line ->
            line.equals(at("key") + " is open to others (rw-r-----); run: chmod 600 " + at("key")));
  }

  @Test
  void keysInTheFormsOfOldToolsAreRead() throws Exception {
    Issued issued = authority.issue("a", Use.SERVER);
    Files.writeString(at("cert"), TestAuthority.pem(issued.certificate()));
    // What cfssl writes, and openssl before 3: SEC 1, perhaps after the parameters of its curve.
    String sec1 = TestAuthority.pem(new PemObject("EC PRIVATE KEY", sec1(issued.key())));
    String parameters =
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + sec1;
    String pkcs8 = TestAuthority.pem(issued.key());

    for (Map.Entry<String, String> form :
        Map.of("sec1", sec1, "pkcs8", pkcs8, "parameters", parameters).entrySet()) {
      Files.writeString(at(form.getKey()), form.getValue());
      assertThat(PortTls.problems(files("cert", form.getKey()))).as(form.getKey()).isEmpty();
    }
  }

  private static byte[] sec1(PrivateKey key) throws IOException {
    return new org.bouncycastle.asn1.sec.ECPrivateKey(
            256, ((ECPrivateKey) key).getS(), SECObjectIdentifiers.secp256r1)
        .getEncoded();
  }

  @Test
  void aBrokenFileDoesNotReplaceAGoodOne() throws Exception {
    authority.issue("a", Use.SERVER).write(at("cert"), at("key"));
    PortTls tls = PortTls.read(files("cert", "key"), PortTls.Role.CLIENTS);
    ServerSSLOptions first = tls.server().orElseThrow();

    Files.writeString(at("cert"), "not a certificate");
    assertThat(tls.reread()).as("broken").isFalse();
    assertThat(tls.server()).containsSame(first);
    assertThat(tls.reread()).as("broken as before").isFalse();
    authority.issue("a", Use.SERVER).write(at("cert"), at("key"));
    assertThat(tls.reread()).as("good").isTrue();
    assertThat(tls.reread()).as("as before").isFalse();

    assertThat(tls.server().orElseThrow()).isNotSameAs(first);
  }

  @Test
  void anAuthorityMeansThatOthersMustShowACertificate() throws Exception {
    authority.issue("a", Use.SERVER).write(at("cert"), at("key"));
    authority.write(at("ca"));

    PortTls open = PortTls.read(files("cert", "key"), PortTls.Role.CLIENTS);
    PortTls closed =
        PortTls.read(
            new TlsFiles(at("cert"), at("key"), at("ca"), null, true, false, ""),
            PortTls.Role.CLIENTS);

    assertThat(open.server().orElseThrow().getClientAuth()).isEqualTo(ClientAuth.NONE);
    assertThat(closed.server().orElseThrow().getClientAuth()).isEqualTo(ClientAuth.REQUIRED);
  }

  @Test
  void aSelfMadeCertificateIsKeptAndPrivate() throws Exception {
    TlsFiles wanted = new TlsFiles(null, null, null, null, false, true, "");
    Path kept = directory.resolve("tls");

    TlsFiles made = SelfMade.complete(wanted, kept, List.of("127.0.0.1", "::1", "host"));
    byte[] first = Files.readAllBytes(kept.resolve("cert.pem"));
    TlsFiles again = SelfMade.complete(wanted, kept, List.of("127.0.0.1"));

    assertThat(again).isEqualTo(made);
    assertThat(kept.resolve("cert.pem")).hasBinaryContent(first);
    assertThat(PortTls.problems(made)).isEmpty();
    assertThat(mode(kept)).isEqualTo("rwx------");
    assertThat(mode(kept.resolve("key.pem"))).isEqualTo("rw-------");
    assertThat(Credentials.read(made, false, Instant.now()).warnings()).isEmpty();
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private TlsFiles files(String certificate, String key) {
    return new TlsFiles(at(certificate), at(key), null, null, false, false, "");
  }

  private Path at(String name) {
    return directory.resolve(name);
  }
}
