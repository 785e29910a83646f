package dev.remora.torture.watch;

import java.util.Comparator;

/**
 * One change of one key, as a watch told it.
 *
 * @param place of it in the order of all changes
 * @param action v2's name; of v3 {@code put} or {@code delete}
 * @param value empty if the action leaves none
 * @param created the index, or revision, that made the key; of a v3 deletion 0
 */
public record Change(Place place, String action, String key, String value, long created) {
  /**
   * Where a change stands.
   *
   * @param index v2's modifiedIndex or v3's revision
   * @param sub its number among the changes of one revision, from 0
   */
  public record Place(long index, int sub) implements Comparable<Place> {
    private static final Comparator<Place> ORDER =
        Comparator.comparingLong(Place::index).thenComparingInt(Place::sub);

    @Override
    public int compareTo(Place other) {
      return ORDER.compare(this, other);
    }
  }
}
