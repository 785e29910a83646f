package dev.remora.server.watch;

import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.Change;
import dev.remora.server.mvcc.DirectoryChange;
import dev.remora.server.mvcc.KeyRange;
import dev.remora.server.mvcc.Version;
import dev.remora.server.tree.Paths;
import java.util.List;

/** What a watcher watches. */
public sealed interface Interest {
  /** v3: every version of the keys in a range. */
  record Keys(KeyRange range) implements Interest {
    boolean matches(Change change) {
      return change instanceof Version version && range.contains(version.key());
    }
  }

  /**
   * v2: what becomes of a path and, if recursive, of all below it. It need not exist.
   *
   * <p>A recursive watcher is not told live of what lies in or behind a segment that begins with
   * {@code _}, below its path; a watcher of a path that goes with a directory above it is told of
   * that directory. In the history from before its registration, etcd looks less closely: hidden
   * nodes count, and a removed directory matches every path that begins with its characters.
   */
  record Path(Bytes path, boolean isRecursive) implements Interest {
    /** Whether a live change matches; {@code same} are all changes of its revision. */
    boolean matchesLive(Change change, List<Change> same) {
      return switch (change) {
        case Version version ->
            version.isShown() && (isAt(version.key()) || isShownBelow(version.key()));
        case DirectoryChange directory ->
            directory.isShown()
                && (isAt(directory.path())
                    || isShownBelow(directory.path())
                    || (directory.action().isRemoval() && wentWith(directory, same)));
      };
    }

    /** Whether a change from before the registration matches. */
    boolean matchesPast(Change change) {
      return switch (change) {
        case Version version -> version.isShown() && isAtOrBelow(version.key());
        case DirectoryChange directory ->
            directory.isShown()
                && (isAtOrBelow(directory.path())
                    || (directory.action().isRemoval() && path.startsWith(directory.path())));
      };
    }

    private boolean isAt(Bytes changed) {
      return changed.equals(path);
    }

    private boolean isAtOrBelow(Bytes changed) {
      return isAt(changed) || (isRecursive && Paths.isBelow(changed, path));
    }

    private boolean isShownBelow(Bytes changed) {
      int start = Paths.isRoot(path) ? 0 : path.length();
      return isRecursive && Paths.isBelow(changed, path) && !Paths.isHidden(changed, start);
    }

    /** Whether a node stood at this path, below the directory that was removed. */
    private boolean wentWith(DirectoryChange removal, List<Change> same) {
      return Paths.isBelow(path, removal.path())
          && (removal.removed().contains(path) || same.stream().anyMatch(this::wasAtOrBelow));
    }

    private boolean wasAtOrBelow(Change change) {
      return change instanceof Version version
          && version.isTombstone()
          && (isAt(version.key()) || Paths.isBelow(version.key(), path));
    }
  }
}
