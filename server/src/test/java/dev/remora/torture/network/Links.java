package dev.remora.torture.network;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** All directed links; made when first asked for. Thread-safe. */
final class Links {
  private record Ends(int from, int to) {}

  private final Map<Ends, Link> links = new ConcurrentHashMap<>();

  Link of(int from, int to) {
    return links.computeIfAbsent(new Ends(from, to), _ -> new Link());
  }

  Collection<Link> all() {
    return links.values();
  }
}
