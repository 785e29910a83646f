package dev.remora.server.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a port's TLS is made of.
 *
 * @param certificate PEM, this server's first and then those that lead to its authority; null if
 *     there is none
 * @param key PEM, its private key; given with the certificate or not at all
 * @param authority PEM, whose certificates of others are believed; if it is given, others must show
 *     one, as etcd has it
 * @param revoked PEM or DER, a list of certificates that are not believed any more
 * @param verifies whether others must show a certificate; then there is an authority
 * @param isSelfMade whether the certificate is made by this server itself and shown to nobody who
 *     would verify it
 * @param allowedName the common name that others' certificates must have; empty for any
 */
public record TlsFiles(
    @Nullable Path certificate,
    @Nullable Path key,
    @Nullable Path authority,
    @Nullable Path revoked,
    boolean verifies,
    boolean isSelfMade,
    String allowedName) {
  /** No TLS. */
  public static final TlsFiles NONE = new TlsFiles(null, null, null, null, false, false, "");

  public TlsFiles {
    if ((certificate == null) != (key == null) || (verifies && authority == null)) {
      throw new IllegalArgumentException("a certificate has a key, and a check an authority");
    }
  }

  /** The flags of one port. */
  record Flags(
      Setting urls,
      Setting certificate,
      Setting key,
      Setting authority,
      Setting revoked,
      Setting verifies,
      Setting isSelfMade) {
    static final Flags CLIENTS =
        new Flags(
            Setting.LISTEN_CLIENT_URLS,
            Setting.CERT_FILE,
            Setting.KEY_FILE,
            Setting.TRUSTED_CA_FILE,
            Setting.CLIENT_CRL_FILE,
            Setting.CLIENT_CERT_AUTH,
            Setting.AUTO_TLS);
    static final Flags PEERS =
        new Flags(
            Setting.LISTEN_PEER_URLS,
            Setting.PEER_CERT_FILE,
            Setting.PEER_KEY_FILE,
            Setting.PEER_TRUSTED_CA_FILE,
            Setting.PEER_CRL_FILE,
            Setting.PEER_CLIENT_CERT_AUTH,
            Setting.PEER_AUTO_TLS);
  }

  /** Whether there is a certificate to show. */
  public boolean hasCertificate() {
    return certificate != null || isSelfMade;
  }

  /** The files that are given, in a fixed order. */
  public List<Path> files() {
    List<Path> files = new ArrayList<>();
    for (Path file : new @Nullable Path[] {certificate, key, authority, revoked}) {
      if (file != null) {
        files.add(file);
      }
    }
    return files;
  }

  /** Reads those of a port that listens on these URLs; mistakes are reported there. */
  static TlsFiles read(Settings read, Flags flags, List<Url> urls, String allowedName) {
    Path certificate = read.file(flags.certificate());
    Path key = read.file(flags.key());
    Path authority = read.file(flags.authority());
    boolean verifies = read.isTrue(flags.verifies());
    boolean isSelfMade = read.isTrue(flags.isSelfMade());
    if (certificate == null && key != null) {
      read.report(flags.key(), "needs --" + flags.certificate().key() + " too");
    }
    if (key == null && certificate != null) {
      read.report(flags.certificate(), "needs --" + flags.key().key() + " too");
    }
    if (verifies && authority == null) {
      read.report(
          flags.verifies(),
          "needs --" + flags.authority().key() + ": the authority whose certificates are let in");
    }
    boolean isPair = certificate != null && key != null;
    boolean isSecure = urls.stream().anyMatch(Url::isSecure);
    if (isSecure && certificate == null && key == null && !isSelfMade) {
      read.report(
          flags.urls(),
          "https needs --"
              + flags.certificate().key()
              + " and --"
              + flags.key().key()
              + ", or --"
              + flags.isSelfMade().key());
    }
    return new TlsFiles(
        isPair ? certificate : null,
        isPair ? key : null,
        authority,
        read.file(flags.revoked()),
        authority != null,
        isSelfMade && !isPair,
        allowedName);
  }
}
