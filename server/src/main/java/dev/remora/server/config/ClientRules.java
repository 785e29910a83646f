package dev.remora.server.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which requests of clients are served at all.
 *
 * @param origins the web pages whose requests are served, as {@code scheme://host:port} in lower
 *     case; empty for any
 * @param hosts the names in {@code Host} that are served without TLS; empty for any
 * @param connectionsPerAddress most connections of one address; 0 for any number
 * @param streamsPerConnection most requests under way on one HTTP/2 connection
 * @param keysPerRange most keys that one read may answer with; 0 for any number
 */
public record ClientRules(
    Set<String> origins,
    Set<String> hosts,
    int connectionsPerAddress,
    int streamsPerConnection,
    long keysPerRange) {
  /** etcd's: everybody is served. */
  public static final ClientRules DEFAULT = new ClientRules(Set.of(), Set.of(), 0, 1000, 0);

  private static final String ANY = "*";

  public ClientRules {
    origins = Set.copyOf(origins);
    hosts = Set.copyOf(hosts);
  }

  static ClientRules read(Settings read) {
    return new ClientRules(
        origins(read),
        hosts(read.text(Setting.HOST_WHITELIST)),
        (int) read.number(Setting.MAX_CONNECTIONS_PER_ADDRESS, 0, Integer.MAX_VALUE),
        (int) read.number(Setting.MAX_CONCURRENT_STREAMS, 1, Integer.MAX_VALUE),
        read.number(Setting.MAX_RANGE_KEYS, 0, Long.MAX_VALUE));
  }

  private static Set<String> origins(Settings read) {
    Set<String> origins = new TreeSet<>();
    for (String part : parts(read.text(Setting.CORS))) {
      if (part.equals(ANY)) {
        return Set.of();
      }
      String origin = origin(part);
      if (origin.isEmpty()) {
        read.report(Setting.CORS, "'" + part + "' must have the form http://HOST:PORT");
      } else {
        origins.add(origin);
      }
    }
    return origins;
  }

  private static Set<String> hosts(String text) {
    List<String> hosts = parts(text);
    return hosts.contains(ANY) ? Set.of() : new TreeSet<>(hosts);
  }

  private static List<String> parts(String text) {
    List<String> parts = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      if (!part.isBlank()) {
        parts.add(part.strip());
      }
    }
    return parts;
  }

  /**
   * One form for all ways to write an origin (RFC 6454 §4): browsers leave out a scheme's own port,
   * etcd's flag asks for it. Empty if it is none.
   */
  public static String origin(String text) {
    try {
      URI uri = new URI(text);
      String scheme = uri.getScheme();
      String host = uri.getHost();
      String path = uri.getRawPath();
      if (scheme == null
          || host == null
          || (path != null && !path.isEmpty() && !path.equals("/"))) {
        return "";
      }
      boolean isSecure = scheme.equalsIgnoreCase("https");
      int port = uri.getPort() >= 0 ? uri.getPort() : isSecure ? 443 : 80;
      return (scheme + "://" + host + ":" + port).toLowerCase(Locale.ROOT);
    } catch (URISyntaxException e) {
      return "";
    }
  }
}
