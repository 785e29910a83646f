package dev.remora.server.tls;

import dev.remora.server.config.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * What stood in a port's files when they were read; checked.
 *
 * @param keys the certificate that is shown, with its key, if there is one
 * @param trusted decides whose certificates are believed, if others need one
 * @param warnings what is usable but should be put right
 */
record Credentials(
    Optional<KeyManagerFactory> keys,
    Optional<X509ExtendedTrustManager> trusted,
    List<String> warnings) {
  private static final char[] NO_PASSWORD = {};

  Credentials {
    warnings = List.copyOf(warnings);
  }

  /**
   * Reads them.
   *
   * @param isForMembers whether who connects to the port must be a member
   * @param now for what has expired
   * @throws BadCredentialsException naming every problem found, not only the first
   */
  static Credentials read(TlsFiles files, boolean isForMembers, Instant now)
      throws BadCredentialsException {
    List<String> problems = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    Optional<KeyManagerFactory> keys = Optional.empty();
    Path certificate = files.certificate();
    Path keyFile = files.key();
    if (certificate != null && keyFile != null) {
      List<X509Certificate> chain = new PemFile(certificate, problems).certificates();
      List<PrivateKey> key = new PemFile(keyFile, problems).key();
      if (!chain.isEmpty() && !key.isEmpty()) {
        if (isPair(chain.getFirst(), key.getFirst())) {
          keys = Optional.of(keys(chain, key.getFirst()));
        } else {
          problems.add(keyFile + " is not the key of the first certificate in " + certificate);
        }
        warnOfDates(certificate, chain.getFirst(), now, warnings);
        warnOfMode(keyFile, warnings);
      }
    }
    List<X509CRL> revoked = new ArrayList<>();
    if (files.revoked() != null) {
      revoked.addAll(new PemFile(files.revoked(), problems).revocations());
    }
    Optional<X509ExtendedTrustManager> trusted = Optional.empty();
    if (files.authority() != null) {
      List<X509Certificate> roots = new PemFile(files.authority(), problems).certificates();
      if (!roots.isEmpty()) {
        trusted = Optional.of(new Warden(trust(roots), revoked, files.allowedName(), isForMembers));
        warnOfDates(files.authority(), roots.getFirst(), now, warnings);
      }
    }
    if (!problems.isEmpty()) {
      throw new BadCredentialsException(problems);
    }
    return new Credentials(keys, trusted, warnings);
  }

  /** Whether what the key signs is what the certificate's key accepts. */
  private static boolean isPair(X509Certificate certificate, PrivateKey key) {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC", "ECDSA" -> "SHA256withECDSA";
          default -> key.getAlgorithm();
        };
    try {
      Signature signer = Signature.getInstance(algorithm);
      signer.initSign(key);
      signer.update((byte) 1);
      byte[] signature = signer.sign();
      Signature verifier = Signature.getInstance(algorithm);
      verifier.initVerify(certificate.getPublicKey());
      verifier.update((byte) 1);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      return false; // Keys of two kinds.
    }
  }

  private static KeyManagerFactory keys(List<X509Certificate> chain, PrivateKey key) {
    try {
      KeyStore store = emptyStore();
      store.setKeyEntry("own", key, NO_PASSWORD, chain.toArray(X509Certificate[]::new));
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(store, NO_PASSWORD);
      return factory;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("a key that fits its certificate was not taken", e);
    }
  }

  private static X509ExtendedTrustManager trust(List<X509Certificate> roots) {
    try {
      KeyStore store = emptyStore();
      for (int i = 0; i < roots.size(); i++) {
        store.setCertificateEntry("root" + i, roots.get(i));
      }
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(store);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager extended) {
          return extended;
        }
      }
      throw new IllegalStateException("the JVM verifies no certificates");
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("certificates that were read were not taken", e);
    }
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, NO_PASSWORD);
    return store;
  }

  private static void warnOfDates(
      Path file, X509Certificate certificate, Instant now, List<String> warnings) {
    Instant end = certificate.getNotAfter().toInstant();
    Instant begin = certificate.getNotBefore().toInstant();
    if (now.isAfter(end)) {
      warnings.add(file + " expired at " + end + ": others will refuse it; renew it");
    } else if (now.isBefore(begin)) {
      warnings.add(file + " is not valid before " + begin + ": others will refuse it until then");
    }
  }

  private static void warnOfMode(Path key, List<String> warnings) {
    try {
      Set<PosixFilePermission> mode = Files.getPosixFilePermissions(key);
      String text = PosixFilePermissions.toString(mode);
      if (!text.substring(3).equals("------")) {
        warnings.add(key + " is open to others (" + text + "); run: chmod 600 " + key);
      }
    } catch (IOException | UnsupportedOperationException e) {
      warnings.add("the mode of " + key + " is not known: " + e.getMessage());
    }
  }
}
