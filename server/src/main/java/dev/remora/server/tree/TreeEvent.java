package dev.remora.server.tree;

import dev.remora.server.mvcc.Action;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.Change;
import dev.remora.server.mvcc.DirectoryChange;
import dev.remora.server.mvcc.Keyspace;
import dev.remora.server.mvcc.Version;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A change as v2 shows it, in the reply to a write and to watchers.
 *
 * @param action what it was
 * @param node the node after it; of a removal, without value and TTL
 * @param before the node before it; null if there was none
 */
public record TreeEvent(Action action, Node node, @Nullable Node before) {
  /** The event of a recorded change, as the keyspace it is recorded in tells it. */
  public static TreeEvent of(Change change, Keyspace keyspace) {
    return switch (change) {
      case Version version -> of(version, keyspace.before(version));
      case DirectoryChange directory -> of(directory);
    };
  }

  static TreeEvent of(Version version, Optional<Version> before) {
    return new TreeEvent(
        version.action(),
        version.isTombstone() ? Node.gone(version) : Node.file(version),
        before.filter(Version::isLive).map(Node::file).orElse(null));
  }

  static TreeEvent of(DirectoryChange change) {
    Bytes path = change.path();
    Node node =
        Node.directory(
            path, change.createdIndex(), change.modRevision(), change.expiration(), List.of());
    Node before =
        switch (change.before()) {
          case null -> null;
          case DirectoryChange.Before.File(Version version) -> Node.file(version);
          case DirectoryChange.Before.Directory(
                  long createdIndex,
                  long modifiedIndex,
                  long expiration) ->
              Node.directory(path, createdIndex, modifiedIndex, expiration, List.of());
        };
    return new TreeEvent(change.action(), node, before);
  }
}
