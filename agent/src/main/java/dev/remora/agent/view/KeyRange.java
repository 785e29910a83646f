package dev.remora.agent.view;

/**
 * What one read or one watch covers. Ordered, so that a set of ranges always means the same
 * request.
 *
 * <p>Keys are text: a registry key that is not UTF-8 is shown with replacement characters.
 */
public sealed interface KeyRange extends Comparable<KeyRange> {
  /** The key itself, or what the keys begin with. */
  String start();

  /** Whether a key lies in this range. */
  boolean contains(String key);

  /** Exactly one key. */
  record Key(String start) implements KeyRange {
    @Override
    public boolean contains(String key) {
      return key.equals(start);
    }
  }

  /** Every key that begins with {@code start}; the empty prefix is every key. */
  record Prefix(String start) implements KeyRange {
    @Override
    public boolean contains(String key) {
      return key.startsWith(start);
    }
  }

  @Override
  default int compareTo(KeyRange other) {
    int byStart = start().compareTo(other.start());
    return byStart != 0
        ? byStart
        : Boolean.compare(this instanceof Prefix, other instanceof Prefix);
  }
}
