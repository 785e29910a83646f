package dev.remora.server.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A member that a cluster begins with.
 *
 * @param name its human name; unique in the cluster
 * @param peerUrls where the others find it; at least one
 */
public record InitialMember(String name, List<Url> peerUrls) {
  public InitialMember {
    peerUrls = List.copyOf(peerUrls);
  }

  /**
   * All of them, by name: those that {@code --initial-cluster} names, else this one alone.
   *
   * @param own this member's name
   * @param ownUrls where it says the others find it
   */
  static List<InitialMember> read(Settings read, String own, List<Url> ownUrls) {
    if (!read.isGiven(Setting.INITIAL_CLUSTER)) {
      return List.of(new InitialMember(own, ownUrls));
    }
    Map<String, List<Url>> byName = new TreeMap<>();
    for (String part : read.text(Setting.INITIAL_CLUSTER).split(",", -1)) {
      int equals = part.indexOf('=');
      if (equals <= 0) {
        read.report(Setting.INITIAL_CLUSTER, "'" + part + "' must have the form NAME=URL");
        return List.of();
      }
      byName
          .computeIfAbsent(part.substring(0, equals).strip(), _ -> new ArrayList<>())
          .addAll(read.urls(Setting.INITIAL_CLUSTER, part.substring(equals + 1)));
    }
    check(read, byName, own, ownUrls);
    return byName.entrySet().stream()
        .map(member -> new InitialMember(member.getKey(), member.getValue()))
        .toList();
  }

  private static void check(
      Settings read, Map<String, List<Url>> byName, String own, List<Url> ownUrls) {
    Set<Url> seen = new HashSet<>();
    byName
        .values()
        .forEach(urls ->
            urls.stream()
                .filter(url -> !seen.add(url))
                .forEach(url -> read.report(Setting.INITIAL_CLUSTER, "names " + url + " twice")));
    List<Url> named = byName.get(own);
    if (named == null) {
      read.report(Setting.INITIAL_CLUSTER, "does not name this member, '" + own + "' (--name)");
    } else if (!sorted(named).equals(sorted(ownUrls))) {
      read.report(
          Setting.INITIAL_CLUSTER,
          "gives '" + own + "' other URLs than --initial-advertise-peer-urls");
    }
  }

  private static List<String> sorted(Collection<Url> urls) {
    return urls.stream().map(Url::toString).sorted().toList();
  }
}
