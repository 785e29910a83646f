package dev.remora.server.mvcc;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change of a v2 directory, which v3 does not see: made, updated or removed with all below it.
 *
 * <p>It follows the tombstones of its revision, if it removed keys.
 *
 * @param path the directory
 * @param modRevision the revision it took
 * @param action what made it
 * @param createdIndex the directory's createdIndex
 * @param expiration when its TTL runs out, as in {@link Version#expiration}
 * @param before what stood there before, or null if nothing did
 * @param removed the directories that went with it, itself included, in order; empty if it was not
 *     removed
 * @param isShown false for a refresh, which v2 watchers skip
 */
public record DirectoryChange(
    Bytes path,
    long modRevision,
    Action action,
    long createdIndex,
    long expiration,
    @Nullable Before before,
    List<Bytes> removed,
    boolean isShown)
    implements Change {
  /** What stood at the path before. */
  public sealed interface Before {
    /** A key, which a directory of the same name replaced. */
    record File(Version version) implements Before {}

    /**
     * The directory itself.
     *
     * @param createdIndex its createdIndex
     * @param modifiedIndex its modifiedIndex
     * @param expiration when its TTL would have run out
     */
    record Directory(long createdIndex, long modifiedIndex, long expiration) implements Before {}
  }

  public DirectoryChange {
    removed = List.copyOf(removed);
  }
}
