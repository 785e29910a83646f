package dev.remora.server.auth;

import dev.remora.server.mvcc.Bytes;
import java.util.Comparator;
import java.util.List;

/**
 * What those who have it may do, kept apart by door. Immutable.
 *
 * @param name not empty
 * @param reads v2's patterns of paths that may be read: a path, or a beginning of it and a star; in
 *     the order they were given in
 * @param writes the same for what may be written
 * @param isEdited whether v2 has changed the patterns since the role was made: from then on it
 *     shows an empty list of them as such
 * @param ranges v3's permissions, by key, then end
 */
public record Role(
    String name, List<Bytes> reads, List<Bytes> writes, boolean isEdited, List<Permission> ranges) {
  /** The role that may do everything. */
  public static final String ROOT = "root";

  /** v2's role of those who do not say who they are. */
  public static final String GUEST = "guest";

  private static final Comparator<Permission> ORDER =
      Comparator.comparing(Permission::key).thenComparing(Permission::rangeEnd);

  public Role {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a role without a name");
    }
    reads = List.copyOf(reads);
    writes = List.copyOf(writes);
    ranges = ranges.stream().sorted(ORDER).toList();
  }

  /** What v2 shows of the role root, and gives to guest at first: everything. */
  public static Role everything(String name) {
    List<Bytes> all = List.of(Bytes.utf8("/*"));
    return new Role(name, all, all, false, List.of());
  }

  Role withPatterns(List<Bytes> newReads, List<Bytes> newWrites) {
    return new Role(name, newReads, newWrites, true, ranges);
  }

  Role withRanges(List<Permission> newRanges) {
    return new Role(name, reads, writes, isEdited, newRanges);
  }

  /** What it takes of the heap, about. */
  long sizeBytes() {
    long bytes = AuthState.ENTRY_BYTES + name.length();
    for (List<Bytes> patterns : List.of(reads, writes)) {
      for (Bytes pattern : patterns) {
        bytes += AuthState.ITEM_BYTES + pattern.length();
      }
    }
    for (Permission range : ranges) {
      bytes += 2 * AuthState.ITEM_BYTES + range.key().length() + range.rangeEnd().length();
    }
    return bytes;
  }
}
