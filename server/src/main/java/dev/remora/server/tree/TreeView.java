package dev.remora.server.tree;

import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.SortedView;
import dev.remora.server.mvcc.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads paths: of a published state from any thread, or of one being written by its writer.
 *
 * <p>A read of a file costs three look-ups: the key, a directory of its name, and a first key
 * below.
 */
public final class TreeView {
  private final SortedView<Version> keys;
  private final SortedView<Directory> directories;

  /** Looks at the newest keys and the overlay of directories. */
  public TreeView(SortedView<Version> keys, SortedView<Directory> directories) {
    this.keys = keys;
    this.directories = directories;
  }

  /** What stands at a path. */
  public Lookup lookup(Bytes path) {
    Optional<Node> directory = directory(path);
    if (directory.isPresent()) {
      return new Lookup.Found(directory.get());
    }
    Optional<Version> file = file(path);
    return file.isPresent() ? new Lookup.File(file.get()) : whyMissing(path);
  }

  /**
   * A file, or a directory with what it holds: the direct children, or with {@code isRecursive}
   * all. Nodes whose name begins with {@code _} are left out, with all below them, unless asked by
   * name.
   */
  public Lookup read(Bytes path, boolean isRecursive) {
    Lookup lookup = lookup(path);
    return lookup instanceof Lookup.Found(Node found)
        ? new Lookup.Found(withChildren(found, isRecursive))
        : lookup;
  }

  /** Whether a directory, explicit or implied, is at the path. */
  public boolean isDirectory(Bytes path) {
    return Paths.isRoot(path)
        || directories.find(path).isPresent()
        || firstKeyBelow(path).isPresent()
        || firstDirectoryBelow(path).isPresent();
  }

  /** Whether v2 watchers hear of a change of this key: it is a path, and no directory hides it. */
  public boolean isShown(Bytes key) {
    return Paths.isPath(key) && !isDirectory(key);
  }

  /** Whether a directory holds anything, hidden nodes included. */
  boolean isEmpty(Bytes directory) {
    return firstKeyBelow(directory).isEmpty() && firstDirectoryBelow(directory).isEmpty();
  }

  Optional<Node> directory(Bytes path) {
    if (Paths.isRoot(path)) {
      return Optional.of(Node.directory(path, 0, 0, Version.PERMANENT, List.of()));
    }
    Optional<Directory> explicit = directories.find(path);
    return explicit.isPresent()
        ? explicit.map(TreeView::shallow)
        : firstKeyBelow(path)
            .map(Version::createRevision)
            .or(() -> firstDirectoryBelow(path).map(Directory::createdIndex))
            .map(index -> Node.directory(path, index, index, Version.PERMANENT, List.of()));
  }

  private static Node shallow(Directory explicit) {
    return Node.directory(
        explicit.key(),
        explicit.createdIndex(),
        explicit.modifiedIndex(),
        explicit.expiration(),
        List.of());
  }

  private Optional<Version> file(Bytes path) {
    return keys.find(path).filter(Version::isLive);
  }

  private Lookup whyMissing(Bytes path) {
    int end = path.indexOf('/', 1);
    while (end >= 0) {
      Bytes ancestor = path.prefix(end);
      if (!isDirectory(ancestor)) {
        return file(ancestor).isPresent()
            ? new Lookup.Blocked(ancestor)
            : new Lookup.Missing(ancestor);
      }
      end = path.indexOf('/', end + 1);
    }
    return new Lookup.Missing(path);
  }

  private Optional<Version> firstKeyBelow(Bytes directory) {
    Bytes end = Paths.behind(directory);
    Optional<Version> first = keys.firstLive(Paths.below(directory), end);
    while (first.isPresent() && !Paths.isPath(first.get().key())) {
      first = keys.firstLive(first.get().key().next(), end);
    }
    return first;
  }

  private Optional<Directory> firstDirectoryBelow(Bytes directory) {
    return directories.firstLive(Paths.below(directory), Paths.behind(directory));
  }

  private Node withChildren(Node parent, boolean isRecursive) {
    Map<Bytes, Node> children = new TreeMap<>();
    addKeys(parent.path(), children);
    addDirectories(parent.path(), children);
    // A plain loop: with a stream's frames at each level, a deep tree would overflow the stack.
    List<Node> found = new ArrayList<>(children.size());
    for (Node child : children.values()) {
      found.add(isRecursive && child.isDirectory() ? withChildren(child, true) : child);
    }
    return Node.directory(
        parent.path(), parent.createdIndex(), parent.modifiedIndex(), parent.expiration(), found);
  }

  /** Adds the files in a directory, and the directories that keys below it imply. */
  private void addKeys(Bytes directory, Map<Bytes, Node> children) {
    Bytes end = Paths.behind(directory);
    int nameStart = Paths.below(directory).length();
    Optional<Bytes> from = Optional.of(Paths.below(directory));
    while (from.isPresent()) {
      Files files = new Files(nameStart, children);
      keys.scanLive(from.get(), end, files);
      Optional<Bytes> deeper = Optional.ofNullable(files.deeper);
      deeper
          .filter(child -> Paths.isPath(child) && !Paths.isHidden(child, nameStart - 1))
          .flatMap(this::directory)
          .ifPresent(found -> children.put(found.path(), found));
      // Not behind(child): of a key with an empty first segment, child is the root.
      from = deeper.map(child -> child.plus(Paths.AFTER_SLASH));
    }
  }

  /**
   * Adds the files among the keys it visits, and stops at a key that lies deeper. A file that a
   * directory hides is added too: its directory is added later, in its place.
   */
  private static final class Files implements Predicate<Version> {
    private final int nameStart;
    private final Map<Bytes, Node> children;

    /** What the key at which it stopped makes a directory, by its form. */
    private @Nullable Bytes deeper;

    Files(int nameStart, Map<Bytes, Node> children) {
      this.nameStart = nameStart;
      this.children = children;
    }

    @Override
    public boolean test(Version version) {
      Bytes key = version.key();
      int slash = key.indexOf('/', nameStart);
      if (slash >= 0) {
        deeper = key.prefix(slash);
        return false;
      }
      if (Paths.isPath(key) && !Paths.isHidden(key, nameStart - 1)) {
        children.put(key, Node.file(version));
      }
      return true;
    }
  }

  private void addDirectories(Bytes directory, Map<Bytes, Node> children) {
    Bytes end = Paths.behind(directory);
    int nameStart = Paths.below(directory).length();
    Optional<Directory> next = directories.firstLive(Paths.below(directory), end);
    while (next.isPresent()) {
      Bytes path = next.get().key();
      int slash = path.indexOf('/', nameStart);
      Bytes child = slash < 0 ? path : path.prefix(slash);
      if (!Paths.isHidden(child, nameStart - 1)) {
        Optional<Node> found = slash < 0 ? next.map(TreeView::shallow) : directory(child);
        found.ifPresent(node -> children.put(child, node));
      }
      next = directories.firstLive(slash < 0 ? path.next() : Paths.behind(child), end);
    }
  }
}
