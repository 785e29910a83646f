package dev.remora.server.tree;

import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.Version;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file or directory as v2 shows it.
 *
 * @param path where it is
 * @param value a file's value; null for a directory, and where an event shows none
 * @param isDirectory whether it is a directory
 * @param createdIndex v2's createdIndex; 0 for the root
 * @param modifiedIndex v2's modifiedIndex; 0 for the root
 * @param expiration when its TTL runs out, as in {@link Version#expiration}
 * @param children what a read found inside, in the order of their names; empty if none or not asked
 */
public record Node(
    Bytes path,
    @Nullable Bytes value,
    boolean isDirectory,
    long createdIndex,
    long modifiedIndex,
    long expiration,
    List<Node> children) {
  public Node {
    children = List.copyOf(children);
  }

  static Node file(Version version) {
    return new Node(
        version.key(),
        version.value(),
        false,
        version.createdIndex(),
        version.modRevision(),
        shownExpiration(version),
        List.of());
  }

  /** A file that an event says is gone: its value and TTL are not shown. */
  static Node gone(Version tombstone) {
    return new Node(
        tombstone.key(),
        null,
        false,
        tombstone.createdIndex(),
        tombstone.modRevision(),
        Version.PERMANENT,
        List.of());
  }

  static Node directory(
      Bytes path, long createdIndex, long modifiedIndex, long expiration, List<Node> children) {
    return new Node(path, null, true, createdIndex, modifiedIndex, expiration, children);
  }

  /** Rule (g): a key on a lease shows no TTL in v2. */
  private static long shownExpiration(Version version) {
    return version.lease() == 0 ? version.expiration() : Version.PERMANENT;
  }
}
