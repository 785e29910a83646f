package dev.remora.agent.runner;

import dev.remora.agent.template.Dependencies;
import dev.remora.agent.view.KeyRange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/** Sets of ranges: the least that holds everything asked for. */
final class Coverage {
  private Coverage() {}

  /** The ranges of what a template asked for, none inside another, in order. */
  static List<KeyRange> of(Dependencies dependencies, String prefix) {
    List<KeyRange> ranges = new ArrayList<>();
    dependencies.keys().forEach(key -> ranges.add(new KeyRange.Key(prefix + key)));
    dependencies.prefixes().forEach(path -> ranges.add(new KeyRange.Prefix(prefix + path)));
    return least(ranges);
  }

  /** Leaves out ranges that lie inside another one. */
  static List<KeyRange> least(Collection<KeyRange> ranges) {
    List<KeyRange> kept = new ArrayList<>();
    // In order, what holds a range comes before it; a key comes before the prefix of its name.
    TreeSet<KeyRange> sorted = new TreeSet<>(ranges);
    for (KeyRange range : sorted) {
      boolean isSamePrefixWanted =
          range instanceof KeyRange.Key && sorted.contains(new KeyRange.Prefix(range.start()));
      if (!isSamePrefixWanted && !isCovered(range, kept)) {
        kept.add(range);
      }
    }
    return kept;
  }

  /** Whether all of these lie inside the others. */
  static boolean isCovered(Collection<KeyRange> ranges, Collection<KeyRange> by) {
    return ranges.stream().allMatch(range -> isCovered(range, by));
  }

  private static boolean isCovered(KeyRange range, Collection<KeyRange> by) {
    return by.stream().anyMatch(other -> holds(other, range));
  }

  private static boolean holds(KeyRange outer, KeyRange inner) {
    return outer.equals(inner)
        || (outer instanceof KeyRange.Prefix && inner.start().startsWith(outer.start()));
  }
}
