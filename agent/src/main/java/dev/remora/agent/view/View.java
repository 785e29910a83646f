package dev.remora.agent.view;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The agent's picture of the registry: a set of ranges, each read once and followed by a watch.
 *
 * <p>A range that must be read anew keeps its last good content until the read arrives. Two ranges
 * may be at different revisions: two watches tell one transaction in two messages. Who needs
 * several ranges at one revision reads them together and hands the answer to {@link #load}.
 *
 * <p>Not thread-safe; single writer. Lists it gives out never change.
 */
public final class View {
  private final TreeMap<KeyRange, RangeView> ranges = new TreeMap<>();

  /** Makes exactly these the ranges of the view; content of those that stay is kept. */
  public void want(Collection<KeyRange> wanted) {
    TreeSet<KeyRange> all = new TreeSet<>(wanted);
    ranges.keySet().retainAll(all);
    for (KeyRange range : all) {
      ranges.computeIfAbsent(range, RangeView::new);
    }
  }

  /** The newest revision known of any range; 0 before the first read. */
  public long revision() {
    return ranges.values().stream().mapToLong(RangeView::revision).max().orElse(0);
  }

  /** All ranges, in order. */
  public SortedSet<KeyRange> ranges() {
    return new TreeSet<>(ranges.keySet());
  }

  /** The ranges that must be read before they can be watched. */
  public List<KeyRange> unread() {
    return ranges.entrySet().stream()
        .filter(entry -> entry.getValue().needsRead())
        .map(Map.Entry::getKey)
        .toList();
  }

  /**
   * Takes the answer of a read. The first one of a range is no change; a later one changes what
   * differs from before.
   */
  public Change load(KeyRange range, long revision, List<KeyValue> values) {
    RangeView view = ranges.get(range);
    return view == null ? new Change(range, revision, List.of()) : view.load(revision, values);
  }

  /**
   * Takes a watch message whole: all its events are applied before any can be read. Events that are
   * known already, as after a resumed watch, change nothing.
   */
  public Change apply(KeyRange range, List<Event> events) {
    RangeView view = ranges.get(range);
    return view == null ? new Change(range, 0, List.of()) : view.apply(events);
  }

  /** The watch cannot go on: the range's next revision is compacted. It must be read anew. */
  public void compacted(KeyRange range) {
    RangeView view = ranges.get(range);
    if (view != null) {
      view.markUnread();
    }
  }

  /**
   * Every range must be read anew: the registry has another history, as after a restored backup.
   */
  public void forgetRevisions() {
    ranges.values().forEach(RangeView::forgetRevision);
  }

  /** The first revision that a watch of this range still has to tell. */
  public long resumeFrom(KeyRange range) {
    RangeView view = ranges.get(range);
    if (view == null || view.needsRead()) {
      throw new IllegalStateException("a watch needs a read first: " + range);
    }
    return view.revision() + 1;
  }

  /** What is known of a range, or empty before its first read. */
  public Optional<Content> content(KeyRange range) {
    RangeView view = ranges.get(range);
    return view == null || !view.wasRead()
        ? Optional.empty()
        : Optional.of(new Content(view.revision(), view.values()));
  }

  /**
   * A range at a revision.
   *
   * @param values in key order
   */
  public record Content(long revision, List<KeyValue> values) {
    public Content {
      values = List.copyOf(values);
    }
  }
}
