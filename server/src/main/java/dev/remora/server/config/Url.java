package dev.remora.server.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;

/**
 * Where something listens or is to be found.
 *
 * @param scheme {@code http} or {@code https}
 * @param host a name or an address; an IPv6 address without its brackets
 * @param port 0 to 65535; 0 lets the system choose
 */
public record Url(String scheme, String host, int port) {
  private static final int PORT_MAX = 65_535;

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException saying what is wrong
   */
  public static Url parse(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("'" + text + "' is not a URL", e);
    }
    String scheme = uri.getScheme();
    String host = uri.getHost();
    if (scheme == null || host == null || uri.getPort() < 0 || uri.getPort() > PORT_MAX) {
      throw new IllegalArgumentException(
          "'" + text + "' must have the form http://HOST:PORT with a port up to " + PORT_MAX);
    }
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new IllegalArgumentException("'" + text + "': the scheme must be http or https");
    }
    String path = uri.getPath();
    if ((path != null && !path.isEmpty()) || uri.getQuery() != null || uri.getUserInfo() != null) {
      throw new IllegalArgumentException("'" + text + "' must end with its port");
    }
    boolean isBracketed = host.startsWith("[");
    return new Url(
        scheme, isBracketed ? host.substring(1, host.length() - 1) : host, uri.getPort());
  }

  /** The forms they were read from. */
  public static List<String> texts(List<Url> urls) {
    return urls.stream().map(Url::toString).toList();
  }

  /** Whether it is spoken to over TLS. */
  public boolean isSecure() {
    return scheme.equals("https");
  }

  /** The form it was read from. */
  @Override
  public String toString() {
    return scheme + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
