package dev.remora.server.tls;

import dev.remora.server.config.TlsFiles;
import io.netty.handler.ssl.NotSslRecordException;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.SSLOptions;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The TLS of one port, as its files are now. Thread-safe, but for {@link #reread}.
 *
 * <p>TLS 1.2 and 1.3 only, and only ciphers that are authenticated and whose keys are not kept (RFC
 * 9325 §4.2).
 */
public final class PortTls {
  /** How long another may take to shake hands. */
  public static final Duration HANDSHAKE_MAX = Duration.ofSeconds(10);

  private static final List<String> CIPHERS =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  private static final Logger LOG = LoggerFactory.getLogger(PortTls.class);

  private final TlsFiles files;
  private final Role role;
  private String fingerprint;
  private volatile Optional<ServerSSLOptions> server = Optional.empty();
  private volatile ClientSSLOptions client = new ClientSSLOptions();

  /** Who comes to the port. */
  public enum Role {
    /** Anyone whom the authority knows. */
    CLIENTS,
    /** Members only, who are servers too. */
    MEMBERS
  }

  private PortTls(TlsFiles files, Role role, String fingerprint) {
    this.files = files;
    this.role = role;
    this.fingerprint = fingerprint;
  }

  /**
   * Reads the files of a port; blocks.
   *
   * @throws BadCredentialsException naming every problem
   */
  public static PortTls read(TlsFiles files, Role role) throws BadCredentialsException {
    PortTls tls = new PortTls(files, role, fingerprint(files));
    tls.use(Credentials.read(files, role == Role.MEMBERS, Instant.now()));
    return tls;
  }

  /** One without any files, that connects to whom the JVM believes. */
  public static PortTls none() {
    try {
      return read(TlsFiles.NONE, Role.CLIENTS);
    } catch (BadCredentialsException e) {
      throw new IllegalStateException("nothing was read", e);
    }
  }

  /** What is wrong with the files of a port, each in one line; blocks. */
  public static List<String> problems(TlsFiles files) {
    try {
      Credentials.read(files, false, Instant.now());
      return List.of();
    } catch (BadCredentialsException e) {
      return e.problems();
    }
  }

  /**
   * Makes a port listen for TLS.
   *
   * @throws IllegalStateException if there is no certificate to show
   */
  public void secure(NetServerOptions options) {
    ServerSSLOptions secure =
        server.orElseThrow(() -> new IllegalStateException("no certificate to show"));
    options
        .setSsl(true)
        .setClientAuth(secure.getClientAuth())
        .setKeyCertOptions(secure.getKeyCertOptions())
        .setTrustOptions(secure.getTrustOptions())
        .setEnabledSecureTransportProtocols(secure.getEnabledSecureTransportProtocols())
        .setSslHandshakeTimeout(secure.getSslHandshakeTimeout())
        .setSslHandshakeTimeoutUnit(secure.getSslHandshakeTimeoutUnit());
    secure.getEnabledCipherSuites().forEach(options::addEnabledCipherSuite);
  }

  /**
   * Why shaking hands with another failed, for the log; empty if it did not come to that. What the
   * other has sent is never a part of it: it may be a request with a password.
   */
  public static Optional<String> failure(Throwable cause) {
    return switch (cause) {
      case NotSslRecordException _ -> Optional.of("it does not speak TLS");
      case SSLException told -> Optional.of(String.valueOf(told.getMessage()));
      default -> Optional.empty();
    };
  }

  /** How this server serves; absent if it has no certificate to show. */
  public Optional<ServerSSLOptions> server() {
    return server;
  }

  /** How this server connects to others. */
  public ClientSSLOptions client() {
    return client;
  }

  /**
   * Reads the files again if their content has changed; blocks. What cannot be used is told once,
   * and the old stays in force. For one thread at a time.
   *
   * @return whether what is in force has changed
   */
  public boolean reread() {
    String found = fingerprint(files);
    if (found.equals(fingerprint)) {
      return false;
    }
    fingerprint = found;
    try {
      use(Credentials.read(files, role == Role.MEMBERS, Instant.now()));
    } catch (BadCredentialsException e) {
      LOG.warn("changed certificates are not used, the old ones stay: {}", e.getMessage());
      return false;
    }
    LOG.info("changed certificates are in force: {}", files.files());
    return true;
  }

  private void use(Credentials credentials) {
    credentials.warnings().forEach(LOG::warn);
    Optional<KeyCertOptions> keys = credentials.keys().map(KeyCertOptions::wrap);
    Optional<TrustOptions> trusted = credentials.trusted().map(TrustOptions::wrap);
    ClientSSLOptions connecting =
        new ClientSSLOptions()
            .setTrustAll(files.isSelfMade())
            // The name or address in the URL must be the certificate's (RFC 9110 §4.3.4).
            .setHostnameVerificationAlgorithm(files.isSelfMade() ? "" : "HTTPS");
    restrict(connecting);
    keys.ifPresent(connecting::setKeyCertOptions);
    trusted.ifPresent(connecting::setTrustOptions);
    ServerSSLOptions serving =
        new ServerSSLOptions()
            .setClientAuth(trusted.isPresent() ? ClientAuth.REQUIRED : ClientAuth.NONE);
    restrict(serving);
    trusted.ifPresent(serving::setTrustOptions);
    client = connecting;
    server = keys.map(serving::setKeyCertOptions);
  }

  private static void restrict(SSLOptions options) {
    options
        .setEnabledSecureTransportProtocols(Set.of("TLSv1.2", "TLSv1.3"))
        .setSslHandshakeTimeout(HANDSHAKE_MAX.toSeconds())
        .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS);
    CIPHERS.forEach(options::addEnabledCipherSuite);
  }

  /** Changes with the content of the files. */
  private static String fingerprint(TlsFiles files) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Path file : files.files()) {
        digest.update((byte) (update(digest, file) ? 1 : 0));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  private static boolean update(MessageDigest digest, Path file) {
    try {
      digest.update(Files.readAllBytes(file));
      return true;
    } catch (IOException e) {
      return false; // Which reading it will tell.
    }
  }
}
