package dev.remora.server.watch;

import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.Change;
import dev.remora.server.mvcc.DirectoryChange;
import dev.remora.server.mvcc.KeyRange;
import dev.remora.server.mvcc.Version;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the watchers that a change may concern. A candidate must still be asked whether it wants
 * it.
 *
 * <p>Watchers of single keys and of paths are found by the key and its ancestors; watchers of a
 * range that is a prefix by the prefixes of the key, of the lengths that occur; any other range is
 * looked at one by one.
 */
final class WatchIndex {
  private final Map<Bytes, Set<Watcher>> byKey = new HashMap<>();
  private final TreeMap<Bytes, Set<Watcher>> byPath = new TreeMap<>();
  private final TreeMap<Integer, Map<Bytes, Set<Watcher>>> byPrefix = new TreeMap<>();
  private final Set<Watcher> others = new LinkedHashSet<>();

  void add(Watcher watcher) {
    switch (watcher.interest) {
      case Interest.Path(Bytes path, _) -> add(byPath, path, watcher);
      case Interest.Keys(KeyRange range) when isSingle(range) -> add(byKey, range.from(), watcher);
      case Interest.Keys(KeyRange range) ->
          prefix(range)
              .ifPresentOrElse(
                  prefix ->
                      add(
                          byPrefix.computeIfAbsent(prefix.length(), _ -> new HashMap<>()),
                          prefix,
                          watcher),
                  () -> others.add(watcher));
    }
  }

  void remove(Watcher watcher) {
    switch (watcher.interest) {
      case Interest.Path(Bytes path, _) -> remove(byPath, path, watcher);
      case Interest.Keys(KeyRange range) when isSingle(range) ->
          remove(byKey, range.from(), watcher);
      case Interest.Keys(KeyRange range) ->
          prefix(range)
              .ifPresentOrElse(
                  prefix -> removePrefix(prefix, watcher), () -> others.remove(watcher));
    }
  }

  /** Hands each candidate to the consumer, some perhaps twice. */
  void candidates(Change change, Consumer<Watcher> found) {
    switch (change) {
      case Version version -> {
        keyCandidates(version.key(), found);
        if (version.isShown()) {
          pathCandidates(version.key(), found);
        }
      }
      case DirectoryChange directory when directory.isShown() -> {
        pathCandidates(directory.path(), found);
        if (directory.action().isRemoval()) {
          // The watchers below it, which its removal may concern.
          byPath
              .subMap(directory.path().plus('/'), directory.path().plus('/' + 1))
              .values()
              .forEach(watchers -> watchers.forEach(found));
        }
      }
      case DirectoryChange _ -> {}
    }
  }

  private void keyCandidates(Bytes key, Consumer<Watcher> found) {
    each(byKey.get(key), found);
    for (Map.Entry<Integer, Map<Bytes, Set<Watcher>>> prefixes : byPrefix.entrySet()) {
      int length = prefixes.getKey();
      if (length > key.length()) {
        break;
      }
      each(prefixes.getValue().get(key.prefix(length)), found);
    }
    others.forEach(found);
  }

  private void pathCandidates(Bytes path, Consumer<Watcher> found) {
    if (byPath.isEmpty()) {
      return;
    }
    each(byPath.get(path), found);
    each(byPath.get(path.prefix(1)), found);
    for (int slash = path.indexOf('/', 1); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      each(byPath.get(path.prefix(slash)), found);
    }
  }

  private void removePrefix(Bytes prefix, Watcher watcher) {
    Map<Bytes, Set<Watcher>> sameLength = byPrefix.get(prefix.length());
    if (sameLength != null) {
      remove(sameLength, prefix, watcher);
      if (sameLength.isEmpty()) {
        byPrefix.remove(prefix.length());
      }
    }
  }

  private static void each(@Nullable Collection<Watcher> watchers, Consumer<Watcher> found) {
    if (watchers != null) {
      watchers.forEach(found);
    }
  }

  private static <K> void add(Map<K, Set<Watcher>> index, K key, Watcher watcher) {
    index.computeIfAbsent(key, _ -> new LinkedHashSet<>()).add(watcher);
  }

  private static <K> void remove(Map<K, Set<Watcher>> index, K key, Watcher watcher) {
    Set<Watcher> watchers = index.get(key);
    if (watchers != null && watchers.remove(watcher) && watchers.isEmpty()) {
      index.remove(key);
    }
  }

  private static boolean isSingle(KeyRange range) {
    return range.to().equals(range.from().next());
  }

  /** The prefix whose keys are exactly the range, if there is one. */
  private static Optional<Bytes> prefix(KeyRange range) {
    Bytes from = range.from();
    Bytes to = range.to();
    int last = to.length() - 1;
    boolean isPrefix =
        last >= 0
            && from.length() == to.length()
            && from.prefix(last).equals(to.prefix(last))
            && (from.at(last) & 0xff) + 1 == (to.at(last) & 0xff);
    return isPrefix ? Optional.of(from) : Optional.empty();
  }
}
