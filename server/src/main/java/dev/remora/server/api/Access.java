package dev.remora.server.api;

import dev.remora.server.config.ClientRules;
import dev.remora.server.notice.Notices;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.slf4j.LoggerFactory;

/**
 * Keeps web pages out that use the browser of somebody inside (CVE-2018-1098, CVE-2018-1099): those
 * of origins that are not allowed, and those that have made a name of theirs point here. Nobody is
 * kept out unless {@code --cors} or {@code --host-whitelist} says so, as in etcd.
 */
final class Access {
  private static final Notices NOTICES = new Notices(LoggerFactory.getLogger(Access.class));

  private final Set<String> origins;
  private final Set<String> hosts;

  /** By these rules. */
  Access(ClientRules rules) {
    this.origins = rules.origins();
    this.hosts = rules.hosts();
  }

  /** Whether every page may ask. */
  boolean isOpen() {
    return origins.isEmpty();
  }

  /** Whether this server goes by that name; over TLS the certificate has proved it. */
  boolean letsHost(HttpServerRequest request) {
    if (hosts.isEmpty() || request.isSSL()) {
      return true;
    }
    String host = hostname(authority(request));
    boolean isKnown = hosts.contains(host);
    if (!isKnown) {
      NOTICES.warn("refused a request to host '" + host + "', which --host-whitelist has not");
    }
    return isKnown;
  }

  /**
   * Whether a page of that origin may ask. A page of this server itself may, and who is no browser
   * names no origin. etcd does what others ask and keeps only the answer from them.
   */
  boolean letsOrigin(HttpServerRequest request) {
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    if (origins.isEmpty() || origin == null) {
      return true;
    }
    String known = ClientRules.origin(origin);
    String scheme = request.isSSL() ? "https" : "http";
    boolean isKnown =
        origins.contains(known)
            || (!known.isEmpty()
                && known.equals(ClientRules.origin(scheme + "://" + authority(request))));
    if (!isKnown) {
      NOTICES.warn("refused a request of a page of '" + origin + "', which --cors has not");
    }
    return isKnown;
  }

  /** The origin that browsers are told may read the answer, if it is one of those allowed. */
  Optional<String> allowedOrigin(HttpServerRequest request) {
    return Optional.ofNullable(request.getHeader(HttpHeaders.ORIGIN))
        .filter(origin -> origins.contains(ClientRules.origin(origin)));
  }

  /** Without a port, and an IPv6 address without its brackets. */
  static String hostname(String authority) {
    if (authority.startsWith("[")) {
      int end = authority.indexOf(']');
      return end < 0 ? authority : authority.substring(1, end);
    }
    int colon = authority.lastIndexOf(':');
    return colon < 0 ? authority : authority.substring(0, colon);
  }

  /** As etcd's server: what an absolute target says wins over {@code Host}. */
  private static String authority(HttpServerRequest request) {
    String target = request.uri();
    int scheme = target.startsWith("/") ? -1 : target.indexOf("://");
    if (scheme > 0) {
      String rest = target.substring(scheme + 3);
      int end = rest.indexOf('/');
      return end < 0 ? rest : rest.substring(0, end);
    }
    String host =
        request.version() == HttpVersion.HTTP_2
            ? Objects.toString(request.authority(), "")
            : request.getHeader(HttpHeaders.HOST);
    return host == null ? "" : host;
  }
}
