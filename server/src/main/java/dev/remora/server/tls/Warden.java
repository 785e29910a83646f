package dev.remora.server.tls;

import dev.remora.server.notice.Notices;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Believes a certificate of another if its authority does, it was not revoked, and it is of one
 * that is let in here; says in the log whom it refused, and why. Thread-safe.
 */
final class Warden extends X509ExtendedTrustManager {
  private static final Notices NOTICES = new Notices(LoggerFactory.getLogger(Warden.class));

  private final X509ExtendedTrustManager authority;
  private final List<X509CRL> revoked;
  private final String allowedName;
  private final boolean isForMembers;

  /**
   * One that asks an authority first.
   *
   * @param allowedName the common name that certificates must have; empty for any
   * @param isForMembers whether who connects must be a member: a certificate that is limited to
   *     being a client's does not do, since a member is a server as well
   */
  Warden(
      X509ExtendedTrustManager authority,
      List<X509CRL> revoked,
      String allowedName,
      boolean isForMembers) {
    this.authority = authority;
    this.revoked = List.copyOf(revoked);
    this.allowedName = allowedName;
    this.isForMembers = isForMembers;
  }

  /** What the authority says of a chain. */
  private interface Check {
    void run() throws CertificateException;
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check(chain, where(engine), () -> authority.checkClientTrusted(chain, type, engine));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check(chain, where(engine), () -> authority.checkServerTrusted(chain, type, engine));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check(chain, "", () -> authority.checkClientTrusted(chain, type, socket));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check(chain, "", () -> authority.checkServerTrusted(chain, type, socket));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain, "", () -> authority.checkClientTrusted(chain, type));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain, "", () -> authority.checkServerTrusted(chain, type));
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return authority.getAcceptedIssuers();
  }

  private void check(X509Certificate[] chain, String where, Check ofAuthority)
      throws CertificateException {
    try {
      ofAuthority.run();
      checkRevoked(chain);
      checkName(chain[0]);
      checkRole(chain[0]);
    } catch (CertificateException e) {
      NOTICES.warn(
          "refused the certificate '%s'%s: %s"
              .formatted(chain[0].getSubjectX500Principal().getName(), where, e.getMessage()));
      throw e;
    }
  }

  /** As etcd: by number, within the issuer of the list. */
  private void checkRevoked(X509Certificate[] chain) throws CertificateException {
    for (X509Certificate certificate : chain) {
      for (X509CRL list : revoked) {
        if (list.getIssuerX500Principal().equals(certificate.getIssuerX500Principal())
            && list.getRevokedCertificate(certificate.getSerialNumber()) != null) {
          throw new CertificateException(
              "number " + certificate.getSerialNumber().toString(16) + " was revoked");
        }
      }
    }
  }

  private void checkName(X509Certificate certificate) throws CertificateException {
    if (!allowedName.isEmpty() && !allowedName.equals(commonName(certificate))) {
      throw new CertificateException("its common name is not '" + allowedName + "'");
    }
  }

  private void checkRole(X509Certificate certificate) throws CertificateException {
    List<String> usages = certificate.getExtendedKeyUsage();
    boolean isMember =
        usages == null
            || usages.contains(ExtendedUse.ANY)
            || (usages.contains(ExtendedUse.SERVER) && usages.contains(ExtendedUse.CLIENT));
    if (isForMembers && !isMember) {
      throw new CertificateException(
          "it is not for a member: its extended key usage must have both, server and client");
    }
  }

  /** The identifiers of RFC 5280 §4.2.1.12. */
  private static final class ExtendedUse {
    static final String ANY = "2.5.29.37.0";
    static final String SERVER = "1.3.6.1.5.5.7.3.1";
    static final String CLIENT = "1.3.6.1.5.5.7.3.2";
  }

  private static @Nullable String commonName(X509Certificate certificate) {
    try {
      LdapName name = new LdapName(certificate.getSubjectX500Principal().getName());
      for (Rdn part : name.getRdns().reversed()) {
        if (part.getType().equalsIgnoreCase("CN")) {
          return String.valueOf(part.getValue());
        }
      }
      return null;
    } catch (InvalidNameException e) {
      return null;
    }
  }

  private static String where(@Nullable SSLEngine engine) {
    return engine == null || engine.getPeerHost() == null
        ? ""
        : " of " + engine.getPeerHost() + ":" + engine.getPeerPort();
  }
}
