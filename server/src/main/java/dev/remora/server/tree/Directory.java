package dev.remora.server.tree;

import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.Keyed;
import dev.remora.server.mvcc.Version;

/**
 * A directory that was made by v2, explicitly or as the parent of a key.
 *
 * @param key its path; never the root's
 * @param createdIndex the revision that made it
 * @param modifiedIndex the same, as etcd never changes it
 * @param expiration when its TTL runs out, as in {@link Version#expiration}
 */
public record Directory(Bytes key, long createdIndex, long modifiedIndex, long expiration)
    implements Keyed {
  boolean isExpiring() {
    return expiration != Version.PERMANENT;
  }
}
