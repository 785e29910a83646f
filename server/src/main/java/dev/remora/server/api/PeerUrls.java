package dev.remora.server.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The peer URLs of a member, as clients give them. What is wrong is said in etcd's words. */
public sealed interface PeerUrls {
  /** At least one, all of the form {@code http://HOST:PORT}; sorted as texts. */
  record Good(List<String> sorted) implements PeerUrls {
    public Good {
      sorted = sorted.stream().sorted().toList();
    }
  }

  /** At least one cannot be used, or there is none. */
  record Bad(String reason) implements PeerUrls {}

  /** Checks what a client gave. */
  static PeerUrls of(List<String> urls) {
    if (urls.isEmpty()) {
      return new Bad("no valid URLs given");
    }
    List<String> good = new ArrayList<>();
    for (String given : urls) {
      String url = given.strip();
      Optional<String> fault = Form.fault(url);
      if (fault.isPresent()) {
        return new Bad(fault.get());
      }
      good.add(url);
    }
    return new Good(good);
  }

  /** What makes one a URL. */
  final class Form {
    private static final Pattern URL =
        Pattern.compile("(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?://([^/?#]*))?(.*)", Pattern.DOTALL);

    /** A name or an IPv4 address, or an IPv6 address in brackets; then the port. */
    private static final Pattern AUTHORITY =
        Pattern.compile(
            "([A-Za-z0-9._~-]+|\\[[0-9A-Fa-f:.]+(?:%25[A-Za-z0-9._~-]+)?]):([0-9]{1,5})");

    private static final Pattern ODD_PORT = Pattern.compile(".*?(:[^:\\]]*[^0-9:\\]][^:\\]]*)");
    private static final int PORT_MAX = 65_535;

    private Form() {}

    private static Optional<String> fault(String url) {
      Matcher parts = URL.matcher(url);
      if (!parts.matches() || url.startsWith(":")) {
        return Optional.of("parse \"" + url + "\": missing protocol scheme");
      }
      String scheme = parts.group(1) == null ? "" : parts.group(1);
      String authority = parts.group(2) == null ? "" : parts.group(2);
      Matcher odd = ODD_PORT.matcher(authority);
      if (odd.matches()) {
        return Optional.of(
            "parse \"" + url + "\": invalid port \"" + odd.group(1) + "\" after host");
      }
      if (scheme.startsWith("unix")) {
        return Optional.of("unix sockets are not supported: " + url);
      }
      if (!scheme.equals("http") && !scheme.equals("https")) {
        return Optional.of("URL scheme must be http, https, unix, or unixs: " + url);
      }
      Matcher address = AUTHORITY.matcher(authority);
      if (!address.matches() || Integer.parseInt(address.group(2)) > PORT_MAX) {
        return Optional.of("URL address does not have the form \"host:port\": " + url);
      }
      return parts.group(3).isEmpty()
          ? Optional.empty()
          : Optional.of("URL must not contain a path: " + url);
    }
  }
}
