package dev.remora.server.tree;

import dev.remora.server.mvcc.Action;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.DirectoryChange;
import dev.remora.server.mvcc.KeyspaceWriter;
import dev.remora.server.mvcc.SortedEdit;
import dev.remora.server.mvcc.Version;
import dev.remora.server.mvcc.Write;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Does what v2 asks for, in the order of checks of etcd's v2 store. Not thread-safe; single writer.
 *
 * <p>An operation that is refused has changed nothing and takes no revision; one that is done has
 * closed its revision.
 */
public final class TreeWriter {
  /** 2000-01-01 in nanoseconds: to a node being made, etcd takes an earlier expiration for none. */
  private static final long EXPIRATION_LEAST = 946_684_800_000_000_000L;

  private final KeyspaceWriter keys;
  private final SortedEdit<Directory> directories;
  private final Deadlines deadlines;
  private final TreeView view;

  /** Goes on from a tree; {@code keys} must stand at the same revision. */
  public TreeWriter(Tree start, KeyspaceWriter keys) {
    this.keys = keys;
    this.directories = start.directories().edit();
    this.deadlines = new Deadlines(start.deadlines());
    this.view = new TreeView(keys.newest(), directories);
  }

  /** The tree as it now is, in constant time. */
  public Tree freeze() {
    return new Tree(directories.freeze(), deadlines.freeze());
  }

  /** Reads the tree as it now is. */
  public TreeView view() {
    return view;
  }

  /** Keeps the deadlines true to the keys; to be told of every change of a key, by either door. */
  public void keyChanged(Optional<Version> before, Version now) {
    before.ifPresent(deadlines::remove);
    deadlines.add(now);
  }

  /** Does one operation. */
  public TreeResult write(TreeWrite write) {
    return switch (write) {
      case TreeWrite.Set set -> set(set);
      case TreeWrite.Create create -> create(create);
      case TreeWrite.CreateInOrder create -> createInOrder(create);
      case TreeWrite.Update update -> update(update);
      case TreeWrite.CompareAndSwap swap -> compareAndSwap(swap);
      case TreeWrite.Delete delete -> delete(delete);
      case TreeWrite.CompareAndDelete delete -> compareAndDelete(delete);
    };
  }

  /** Removes the first node whose TTL has run out at a time; false if there is none. */
  public boolean expireFirst(long cutoff) {
    Optional<Deadline> first = deadlines.firstUpTo(cutoff);
    first.ifPresent(this::expire);
    return first.isPresent();
  }

  private void expire(Deadline deadline) {
    Bytes path = deadline.path();
    if (deadline.isDirectory()) {
      removeDirectory(view.directory(path).orElseThrow(), Action.EXPIRE);
    } else {
      keys.remove(path, Action.EXPIRE, view.isShown(path));
    }
    keys.finish();
  }

  private TreeResult set(TreeWrite.Set set) {
    return switch (view.lookup(set.path())) {
      case Lookup.Blocked(Bytes cause) -> refused(TreeError.NOT_A_DIRECTORY, cause);
      case Lookup.Missing(Bytes cause) when set.isRefresh() ->
          refused(TreeError.KEY_NOT_FOUND, cause);
      case Lookup.Missing _ ->
          make(set.path(), set.value(), set.isDirectory(), set.expiration(), Action.SET);
      case Lookup.Found(Node directory) when Paths.isRoot(directory.path()) ->
          refused(TreeError.ROOT_READ_ONLY, directory.path());
      case Lookup.Found(Node directory) -> refused(TreeError.NOT_A_FILE, directory.path());
      case Lookup.File(Version file) when set.isDirectory() -> replaceByDirectory(file, set);
      case Lookup.File(Version file) -> {
        long expiration = ofNewNode(set.expiration());
        Bytes value = set.isRefresh() ? file.value() : set.value();
        yield put(file, value, true, expiration, Action.SET, set.isRefresh());
      }
    };
  }

  private TreeResult create(TreeWrite.Create create) {
    if (Paths.isRoot(create.path())) {
      return refused(TreeError.ROOT_READ_ONLY, create.path());
    }
    return switch (view.lookup(create.path())) {
      case Lookup.Blocked(Bytes cause) -> refused(TreeError.NOT_A_DIRECTORY, cause);
      case Lookup.Missing _ ->
          make(
              create.path(),
              create.value(),
              create.isDirectory(),
              create.expiration(),
              Action.CREATE);
      case Lookup.Found _, Lookup.File _ -> refused(TreeError.ALREADY_EXISTS, create.path());
    };
  }

  private TreeResult createInOrder(TreeWrite.CreateInOrder create) {
    String name = String.format(Locale.ROOT, "%020d", keys.revision() + 1);
    Bytes path = Paths.child(create.path(), Bytes.utf8(name));
    return create(
        new TreeWrite.Create(path, create.value(), create.isDirectory(), create.expiration()));
  }

  private TreeResult update(TreeWrite.Update update) {
    return switch (view.lookup(update.path())) {
      case Lookup.Found(Node directory) when Paths.isRoot(directory.path()) ->
          refused(TreeError.ROOT_READ_ONLY, directory.path());
      case Lookup.Blocked(Bytes cause) -> refused(TreeError.NOT_A_DIRECTORY, cause);
      case Lookup.Missing(Bytes cause) -> refused(TreeError.KEY_NOT_FOUND, cause);
      case Lookup.Found(Node directory) when !update.value().isEmpty() ->
          refused(TreeError.NOT_A_FILE, directory.path());
      case Lookup.Found(Node directory) -> updateDirectory(directory, update);
      case Lookup.File(Version file) -> {
        Bytes value = update.isRefresh() ? file.value() : update.value();
        yield put(file, value, false, update.expiration(), Action.UPDATE, update.isRefresh());
      }
    };
  }

  private TreeResult compareAndSwap(TreeWrite.CompareAndSwap swap) {
    if (Paths.isRoot(swap.path())) {
      return refused(TreeError.ROOT_READ_ONLY, swap.path());
    }
    return switch (view.lookup(swap.path())) {
      case Lookup.Blocked(Bytes cause) -> refused(TreeError.NOT_A_DIRECTORY, cause);
      case Lookup.Missing(Bytes cause) -> refused(TreeError.KEY_NOT_FOUND, cause);
      case Lookup.Found(Node directory) -> refused(TreeError.NOT_A_FILE, directory.path());
      case Lookup.File(Version file) -> {
        Bytes difference = difference(file, swap.previousValue(), swap.previousIndex());
        if (!difference.isEmpty()) {
          yield refused(TreeError.COMPARE_FAILED, difference);
        }
        Bytes value = swap.isRefresh() ? file.value() : swap.value();
        yield put(file, value, false, swap.expiration(), Action.COMPARE_AND_SWAP, swap.isRefresh());
      }
    };
  }

  private TreeResult delete(TreeWrite.Delete delete) {
    if (Paths.isRoot(delete.path())) {
      return refused(TreeError.ROOT_READ_ONLY, delete.path());
    }
    return switch (view.lookup(delete.path())) {
      case Lookup.Blocked(Bytes cause) -> refused(TreeError.NOT_A_DIRECTORY, cause);
      case Lookup.Missing(Bytes cause) -> refused(TreeError.KEY_NOT_FOUND, cause);
      case Lookup.File(Version file) -> remove(file, Action.DELETE);
      case Lookup.Found(Node directory) when !delete.isDirectory() && !delete.isRecursive() ->
          refused(TreeError.NOT_A_FILE, directory.path());
      case Lookup.Found(Node directory)
          when !delete.isRecursive() && !view.isEmpty(directory.path()) ->
          refused(TreeError.DIRECTORY_NOT_EMPTY, directory.path());
      case Lookup.Found(Node directory) -> {
        TreeEvent event = TreeEvent.of(removeDirectory(directory, Action.DELETE));
        yield done(event, false);
      }
    };
  }

  private TreeResult compareAndDelete(TreeWrite.CompareAndDelete delete) {
    return switch (view.lookup(delete.path())) {
      case Lookup.Blocked(Bytes cause) -> refused(TreeError.NOT_A_DIRECTORY, cause);
      case Lookup.Missing(Bytes cause) -> refused(TreeError.KEY_NOT_FOUND, cause);
      case Lookup.Found(Node directory) when Paths.isRoot(directory.path()) ->
          refused(TreeError.NOT_A_FILE, Bytes.EMPTY);
      case Lookup.Found(Node directory) -> refused(TreeError.NOT_A_FILE, directory.path());
      case Lookup.File(Version file) -> {
        Bytes difference = difference(file, delete.previousValue(), delete.previousIndex());
        yield difference.isEmpty()
            ? remove(file, Action.COMPARE_AND_DELETE)
            : refused(TreeError.COMPARE_FAILED, difference);
      }
    };
  }

  /** Makes a node where nothing is, with the directories on the way; the way must be free. */
  private TreeResult make(
      Bytes path, Bytes value, boolean isDirectory, long expiration, Action action) {
    makeParents(path);
    long shown = ofNewNode(expiration);
    if (isDirectory) {
      DirectoryChange change = makeDirectory(path, shown, action, null, true);
      return done(TreeEvent.of(change), true);
    }
    Version version = keys.put(new Write(path, value, 0, true, shown, action, true));
    return done(TreeEvent.of(version, Optional.empty()), true);
  }

  private TreeResult put(
      Version file,
      Bytes value,
      boolean renewsCreatedIndex,
      long expiration,
      Action action,
      boolean isRefresh) {
    long lease = isRefresh ? file.lease() : 0;
    Version version =
        keys.put(
            new Write(
                file.key(), value, lease, renewsCreatedIndex, expiration, action, !isRefresh));
    return done(TreeEvent.of(version, Optional.of(file)), false);
  }

  private TreeResult remove(Version file, Action action) {
    keys.remove(file.key(), action, true);
    Version tombstone = keys.newest().find(file.key()).orElseThrow();
    return done(TreeEvent.of(tombstone, Optional.of(file)), false);
  }

  private TreeResult replaceByDirectory(Version file, TreeWrite.Set set) {
    keys.remove(file.key(), Action.DELETE, false);
    DirectoryChange change =
        makeDirectory(
            file.key(),
            ofNewNode(set.expiration()),
            Action.SET,
            new DirectoryChange.Before.File(file),
            !set.isRefresh());
    return done(TreeEvent.of(change), false);
  }

  private TreeResult updateDirectory(Node directory, TreeWrite.Update update) {
    long now = keys.revision() + 1;
    directories.find(directory.path()).ifPresent(deadlines::remove);
    put(
        new Directory(
            directory.path(),
            directory.createdIndex(),
            directory.modifiedIndex(),
            update.expiration()));
    DirectoryChange change =
        new DirectoryChange(
            directory.path(),
            now,
            Action.UPDATE,
            directory.createdIndex(),
            update.expiration(),
            before(directory),
            List.of(),
            !update.isRefresh());
    keys.record(change);
    return done(TreeEvent.of(change), false);
  }

  /** Removes a directory, the key it hides, and all that lies below it: rule (e) of the design. */
  private DirectoryChange removeDirectory(Node directory, Action action) {
    Bytes path = directory.path();
    List<Bytes> gone = new ArrayList<>();
    keys.find(path).ifPresent(hidden -> gone.add(hidden.key()));
    keys.newest()
        .scanLive(Paths.below(path), Paths.behind(path), version -> gone.add(version.key()));
    gone.forEach(key -> keys.remove(key, action, false));
    List<Directory> removed = new ArrayList<>();
    directories.find(path).ifPresent(removed::add);
    directories.scan(Paths.below(path), Paths.behind(path), removed::add);
    for (Directory lost : removed) {
      deadlines.remove(lost);
      directories.remove(lost.key());
    }
    DirectoryChange change =
        new DirectoryChange(
            path,
            keys.revision() + 1,
            action,
            directory.createdIndex(),
            Version.PERMANENT,
            before(directory),
            removed.isEmpty() ? List.of(path) : removed.stream().map(Directory::key).toList(),
            true);
    keys.record(change);
    return change;
  }

  private void makeParents(Bytes path) {
    long now = keys.revision() + 1;
    // Found before any is made: a directory that is made implies those above it.
    List<Bytes> missing = new ArrayList<>();
    Bytes parent = Paths.parent(path);
    while (!view.isDirectory(parent)) {
      missing.add(parent);
      parent = Paths.parent(parent);
    }
    missing.forEach(made -> put(new Directory(made, now, now, Version.PERMANENT)));
  }

  private DirectoryChange makeDirectory(
      Bytes path,
      long expiration,
      Action action,
      DirectoryChange.@Nullable Before before,
      boolean isShown) {
    long now = keys.revision() + 1;
    put(new Directory(path, now, now, expiration));
    DirectoryChange change =
        new DirectoryChange(path, now, action, now, expiration, before, List.of(), isShown);
    keys.record(change);
    return change;
  }

  private void put(Directory directory) {
    directories.put(directory);
    deadlines.add(directory);
  }

  private static DirectoryChange.Before before(Node directory) {
    return new DirectoryChange.Before.Directory(
        directory.createdIndex(), directory.modifiedIndex(), directory.expiration());
  }

  /** etcd's cause of a failed comparison; empty if all that was expected holds. */
  private static Bytes difference(Version file, Bytes expectedValue, long expectedIndex) {
    Bytes values =
        expectedValue.isEmpty() || expectedValue.equals(file.value())
            ? Bytes.EMPTY
            : Bytes.utf8("[")
                .plus(expectedValue)
                .plus(Bytes.utf8(" != "))
                .plus(file.value())
                .plus(']');
    Bytes indexes =
        expectedIndex == 0 || expectedIndex == file.modRevision()
            ? Bytes.EMPTY
            : Bytes.wrap(
                ("[" + Long.toUnsignedString(expectedIndex) + " != " + file.modRevision() + "]")
                    .getBytes(StandardCharsets.US_ASCII));
    return values.isEmpty() || indexes.isEmpty()
        ? values.plus(indexes)
        : values.plus(' ').plus(indexes);
  }

  private static long ofNewNode(long expiration) {
    return expiration < EXPIRATION_LEAST ? Version.PERMANENT : expiration;
  }

  private TreeResult.Refused refused(TreeError error, Bytes cause) {
    return new TreeResult.Refused(error, cause, keys.revision());
  }

  private TreeResult.Done done(TreeEvent event, boolean isCreated) {
    keys.finish();
    return new TreeResult.Done(event, isCreated);
  }
}
