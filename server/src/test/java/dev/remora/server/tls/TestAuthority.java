package dev.remora.server.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;

/** Issues certificates to tests. */
public final class TestAuthority {
  private static final Duration VALID = Duration.ofDays(2);

  private final X500Name name;
  private final KeyPair pair = newPair();
  private final X509Certificate certificate;

  /** What a certificate may be used for. */
  public enum Use {
    /** By who connects. */
    CLIENT,
    /** By who listens. */
    SERVER,
    /** By either. */
    BOTH;

    private ExtendedKeyUsage usage() {
      return switch (this) {
        case CLIENT -> new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth);
        case SERVER -> new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth);
        case BOTH ->
            new ExtendedKeyUsage(
                new KeyPurposeId[] {KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth});
      };
    }
  }

  /** A certificate and its key. */
  public record Issued(X509Certificate certificate, PrivateKey key) {
    /** Puts both as PEM into these files, the key for its owner only. */
    public void write(Path certificateFile, Path keyFile) {
      put(certificateFile, pem(certificate));
      put(keyFile, pem(key));
    }
  }

  /** One of its own name. */
  public TestAuthority(String commonName) {
    this.name = new X500Name("CN=" + commonName);
    try {
      Instant now = Instant.now();
      this.certificate =
          certificate(
              new JcaX509v3CertificateBuilder(
                      name,
                      newSerial(),
                      Date.from(now.minus(VALID)),
                      Date.from(now.plus(VALID)),
                      name,
                      pair.getPublic())
                  .addExtension(Extension.basicConstraints, true, new BasicConstraints(true))
                  .build(signer())
                  .getEncoded());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Issues one for this machine that is valid now. */
  public Issued issue(String commonName, Use use) {
    return issue(commonName, use, Instant.now().plus(VALID), "127.0.0.1");
  }

  /**
   * Issues one.
   *
   * @param end when it expires
   * @param address what it is for
   */
  public Issued issue(String commonName, Use use, Instant end, String address) {
    KeyPair own = newPair();
    try {
      X509Certificate issued =
          certificate(
              new JcaX509v3CertificateBuilder(
                      name,
                      newSerial(),
                      Date.from(end.minus(VALID.multipliedBy(2))),
                      Date.from(end),
                      new X500Name("CN=" + commonName),
                      own.getPublic())
                  .addExtension(Extension.extendedKeyUsage, false, use.usage())
                  .addExtension(
                      Extension.subjectAlternativeName,
                      false,
                      new GeneralNames(new GeneralName(GeneralName.iPAddress, address)))
                  .build(signer())
                  .getEncoded());
      return new Issued(issued, own.getPrivate());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes its own certificate. */
  public Path write(Path file) {
    put(file, pem(certificate));
    return file;
  }

  /** Writes a list with these revoked. */
  public Path revoke(Path file, List<X509Certificate> revoked) {
    Date now = Date.from(Instant.now());
    X509v2CRLBuilder list = new X509v2CRLBuilder(name, now);
    revoked.forEach(each -> list.addCRLEntry(each.getSerialNumber(), now, CRLReason.keyCompromise));
    put(file, pem(list.build(signer())));
    return file;
  }

  /** How a client connects that trusts this authority and shows a certificate, if it has one. */
  public SSLContext client(List<Issued> shown) {
    try {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry("ca", certificate);
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(trusted);
      KeyManager[] keys = {};
      if (!shown.isEmpty()) {
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        X509Certificate[] chain = {shown.getFirst().certificate()};
        own.setKeyEntry("own", shown.getFirst().key(), new char[0], chain);
        KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
        factory.init(own, new char[0]);
        keys = factory.getKeyManagers();
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, trust.getTrustManagers(), new SecureRandom());
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private ContentSigner signer() {
    try {
      return new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate());
    } catch (OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static X509Certificate certificate(byte[] encoded) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(encoded));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair newPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static BigInteger newSerial() {
    return new BigInteger(64, new SecureRandom());
  }

  /** The PEM form of a certificate, key or list. */
  static String pem(Object object) {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(
          object instanceof PrivateKey key
              ? new PemObject("PRIVATE KEY", key.getEncoded())
              : object);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /** At once, as those do that renew certificates. */
  private static void put(Path file, String text) {
    try {
      Path unfinished = file.resolveSibling(file.getFileName() + ".new");
      Files.deleteIfExists(unfinished);
      Files.createFile(
          unfinished,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(unfinished, text);
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
