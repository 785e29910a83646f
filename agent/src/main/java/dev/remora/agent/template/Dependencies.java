package dev.remora.agent.template;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What an evaluation asked for, found or not.
 *
 * @param keys exact keys
 * @param prefixes every key below these; each ends with {@code /}
 * @param files files of the template directory, the template itself included
 */
public record Dependencies(
    SortedSet<String> keys, SortedSet<String> prefixes, SortedSet<String> files) {
  public Dependencies {
    keys = sorted(keys);
    prefixes = sorted(prefixes);
    files = sorted(files);
  }

  /** Nothing was asked for. */
  public static Dependencies none() {
    return new Dependencies(
        Collections.emptySortedSet(), Collections.emptySortedSet(), Collections.emptySortedSet());
  }

  /** Both together: what a group of several templates needs. */
  public Dependencies and(Dependencies other) {
    return new Dependencies(
        union(keys, other.keys), union(prefixes, other.prefixes), union(files, other.files));
  }

  /** Whether a change of this key can change the result. */
  public boolean touchedBy(String key) {
    return keys.contains(key) || prefixes.stream().anyMatch(key::startsWith);
  }

  private static SortedSet<String> union(SortedSet<String> left, SortedSet<String> right) {
    TreeSet<String> all = new TreeSet<>(left);
    all.addAll(right);
    return all;
  }

  private static SortedSet<String> sorted(Collection<String> names) {
    return Collections.unmodifiableSortedSet(new TreeSet<>(List.copyOf(names)));
  }
}
