package dev.remora.server.tls;

import dev.remora.server.config.TlsFiles;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.IPAddress;

/**
 * A certificate that this server makes for itself ({@code --auto-tls}): it keeps out who only
 * listens on the wire, and nobody else. Made once and kept, for those who remember it.
 */
public final class SelfMade {
  /** As long as such a server may live: nobody renews it, and nobody verifies it. */
  private static final Duration VALID = Duration.ofDays(3650);

  private static final FileAttribute<?> PRIVATE_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<?> PRIVATE_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final Base64.Encoder LINES =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

  private SelfMade() {}

  /**
   * The given TLS, with the certificate kept in a directory if it is to be self-made; blocks.
   *
   * @param directory made with mode 0700 if it is missing
   * @param hosts the names and addresses that the port is reached at
   * @throws IOException if it can neither be read nor written there
   */
  public static TlsFiles complete(TlsFiles files, Path directory, List<String> hosts)
      throws IOException {
    if (!files.isSelfMade()) {
      return files;
    }
    Path certificate = directory.resolve("cert.pem");
    Path key = directory.resolve("key.pem");
    if (!Files.exists(certificate) || !Files.exists(key)) {
      Files.createDirectories(directory, PRIVATE_DIRECTORY);
      make(certificate, key, hosts);
    }
    return new TlsFiles(
        certificate,
        key,
        files.authority(),
        files.revoked(),
        files.verifies(),
        true,
        files.allowedName());
  }

  private static void make(Path certificate, Path key, List<String> hosts) throws IOException {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      byte[] made =
          builder(pair, hosts)
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
              .getEncoded();
      write(key, "PRIVATE KEY", pair.getPrivate().getEncoded());
      write(certificate, "CERTIFICATE", made);
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("a certificate cannot be made", e);
    }
  }

  private static X509v3CertificateBuilder builder(KeyPair pair, List<String> hosts)
      throws CertIOException {
    X500Name name = new X500Name("O=remora");
    Instant now = Instant.now();
    GeneralName[] names =
        Stream.concat(hosts.stream(), Stream.of("localhost"))
            .distinct()
            .map(host ->
                new GeneralName(
                    IPAddress.isValid(host) ? GeneralName.iPAddress : GeneralName.dNSName, host))
            .toArray(GeneralName[]::new);
    return new JcaX509v3CertificateBuilder(
            name,
            new BigInteger(128, new SecureRandom()),
            Date.from(now.minus(Duration.ofHours(1))),
            Date.from(now.plus(VALID)),
            name,
            pair.getPublic())
        .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
        .addExtension(
            Extension.extendedKeyUsage,
            false,
            new ExtendedKeyUsage(
                new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}))
        .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
  }

  private static void write(Path file, String kind, byte[] content) throws IOException {
    Path unfinished = file.resolveSibling(file.getFileName() + ".tmp");
    Files.deleteIfExists(unfinished);
    Files.createFile(unfinished, PRIVATE_FILE);
    String body = LINES.encodeToString(content);
    Files.writeString(
        unfinished, "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n");
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
