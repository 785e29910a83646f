package dev.remora.server.mvcc;

/** What a {@link SortedTree} holds: an element that knows its own key, which never changes. */
public interface Keyed {
  /** Where the element stands in the order. */
  Bytes key();

  /** Whether it counts as present; one that does not is kept in its place but skipped by counts. */
  default boolean isLive() {
    return true;
  }
}
