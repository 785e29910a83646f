package dev.remora.server.api;

import io.vertx.core.http.HttpServerRequest;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * The common name in a client's certificate. It is that of the connection itself, which TLS has
 * verified: nothing that a proxy says of others counts, nor does a proxy's own certificate count
 * for more than the proxy (CVE-2018-16886).
 */
public final class CertificateName {
  private CertificateName() {}

  /** The name, if the connection has a client's certificate that was verified. */
  public static Optional<String> of(HttpServerRequest request) {
    SSLSession session = request.connection().sslSession();
    if (session == null) {
      return Optional.empty();
    }
    try {
      Certificate[] chain = session.getPeerCertificates();
      return chain.length > 0 && chain[0] instanceof X509Certificate client
          ? commonName(client.getSubjectX500Principal().getName())
          : Optional.empty();
    } catch (SSLPeerUnverifiedException _) {
      return Optional.empty();
    }
  }

  /** The CN of a name as RFC 2253 writes it; of several the first written, which is the last. */
  static Optional<String> commonName(String subject) {
    try {
      List<Rdn> parts = new LdapName(subject).getRdns().reversed();
      return parts.stream()
          .filter(part -> part.getType().equalsIgnoreCase("CN"))
          .map(part -> part.getValue().toString())
          .filter(name -> !name.isEmpty())
          .findFirst();
    } catch (InvalidNameException _) {
      return Optional.empty();
    }
  }
}
