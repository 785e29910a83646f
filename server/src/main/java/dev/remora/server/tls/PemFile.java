package dev.remora.server.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/** Reads what stands in a file of certificates, of a key, or of revocations (RFC 7468). */
final class PemFile {
  /** Far above any chain or list of authorities. */
  private static final long BYTES_MAX = 8 << 20;

  private final Path path;
  private final List<String> problems;

  /**
   * One to be read.
   *
   * @param problems takes what is wrong with it
   */
  PemFile(Path path, List<String> problems) {
    this.path = path;
    this.problems = problems;
  }

  /** Its certificates, in order; empty if there is a problem. */
  List<X509Certificate> certificates() {
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      JcaX509CertificateConverter converter = new JcaX509CertificateConverter();
      for (Object object : objects()) {
        if (object instanceof X509CertificateHolder holder) {
          certificates.add(converter.getCertificate(holder));
        }
      }
      if (certificates.isEmpty()) {
        problems.add(path + " has no certificate in PEM form");
      }
    } catch (IOException e) {
      problems.add(cannotRead(e));
    } catch (GeneralSecurityException e) {
      problems.add(path + " has a certificate that cannot be understood: " + e.getMessage());
    }
    return certificates;
  }

  /** Its first private key, as a list of one; empty if there is a problem. */
  List<PrivateKey> key() {
    try {
      JcaPEMKeyConverter converter =
          new JcaPEMKeyConverter()
              .setAlgorithmMapping(X9ObjectIdentifiers.id_ecPublicKey, "EC"); // As the JDK says.
      for (Object object : objects()) {
        switch (object) {
          case PEMKeyPair pair -> {
            return List.of(converter.getPrivateKey(pair.getPrivateKeyInfo()));
          }
          case PrivateKeyInfo info -> {
            return List.of(converter.getPrivateKey(info));
          }
          case PEMEncryptedKeyPair _, PKCS8EncryptedPrivateKeyInfo _ -> {
            problems.add(path + " is locked by a pass phrase: give a key without one");
            return List.of();
          }
          default -> {} // Parameters of its curve, or certificates.
        }
      }
      problems.add(path + " has no private key in PEM form");
    } catch (PEMException e) {
      problems.add(path + " has a private key that cannot be understood"); // And no word of it.
    } catch (IOException e) {
      problems.add(cannotRead(e));
    }
    return List.of();
  }

  /** Its lists of revoked certificates, PEM or DER; empty if there is a problem. */
  List<X509CRL> revocations() {
    List<X509CRL> lists = new ArrayList<>();
    try {
      CertificateFactory.getInstance("X.509")
          .generateCRLs(new ByteArrayInputStream(bytes()))
          .forEach(list -> lists.add((X509CRL) list));
      if (lists.isEmpty()) {
        problems.add(path + " has no list of revoked certificates");
      }
    } catch (IOException e) {
      problems.add(cannotRead(e));
    } catch (GeneralSecurityException e) {
      problems.add(path + " is no list of revoked certificates");
    }
    return lists;
  }

  private List<Object> objects() throws IOException {
    List<Object> objects = new ArrayList<>();
    String text = new String(bytes(), StandardCharsets.ISO_8859_1);
    try (PEMParser parser = new PEMParser(new StringReader(text))) {
      for (Object object = parser.readObject(); object != null; object = parser.readObject()) {
        objects.add(object);
      }
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new PEMException("not PEM", e); // What its decoders throw at broken Base64.
    }
    return objects;
  }

  private byte[] bytes() throws IOException {
    if (Files.size(path) > BYTES_MAX) {
      throw new IOException("it is larger than " + BYTES_MAX + " bytes");
    }
    return Files.readAllBytes(path);
  }

  private String cannotRead(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> path + " does not exist";
      case AccessDeniedException _ -> path + " is not readable by this user";
      case PEMException _ -> path + " is not in PEM form";
      default -> path + " cannot be read: " + e.getMessage();
    };
  }
}
