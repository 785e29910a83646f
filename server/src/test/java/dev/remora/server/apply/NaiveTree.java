package dev.remora.server.apply;

import static dev.remora.server.apply.NaiveStore.text;

import dev.remora.server.mvcc.Action;
import dev.remora.server.mvcc.Version;
import dev.remora.server.tree.TreeWrite;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** v2's operations on a {@link NaiveStore}. */
final class NaiveTree {
  private static final long YEAR_2000_NANOS = 946_684_800_000_000_000L;

  private final NaiveStore store;

  NaiveTree(NaiveStore store) {
    this.store = store;
  }

  String write(TreeWrite write) {
    String path = text(write.path());
    boolean isRoot = path.equals("/");
    return switch (write) {
      case TreeWrite.Set set -> {
        if (blocked(path) != null) {
          yield "refused 104 " + blocked(path);
        }
        if (set.isRefresh() && !exists(path)) {
          yield "refused 100 " + missing(path);
        }
        if (isRoot || store.isDirectory(path)) {
          yield "refused " + (isRoot ? 107 : 102) + " " + path;
        }
        yield set(path, set);
      }
      case TreeWrite.Create create -> create(path, create);
      case TreeWrite.CreateInOrder create ->
          create(
              (isRoot ? "" : path) + "/" + String.format(Locale.ROOT, "%020d", store.next()),
              new TreeWrite.Create(
                  create.path(), create.value(), create.isDirectory(), create.expiration()));
      case TreeWrite.Update update -> update(path, update);
      case TreeWrite.CompareAndSwap swap -> {
        String refusal = isRoot ? "107 /" : fileOnly(path);
        if (refusal == null) {
          refusal = compare(path, text(swap.previousValue()), swap.previousIndex());
        }
        if (refusal != null) {
          yield "refused " + refusal;
        }
        NaiveStore.Key old = key(path);
        yield rewrite(
            path,
            swap.isRefresh() ? old.value() : text(swap.value()),
            false,
            permanent(swap.expiration()),
            Action.COMPARE_AND_SWAP,
            swap.isRefresh());
      }
      case TreeWrite.Delete delete -> delete(path, delete);
      case TreeWrite.CompareAndDelete delete -> {
        String refusal = isRoot ? "102 " : fileOnly(path);
        if (refusal == null) {
          refusal = compare(path, text(delete.previousValue()), delete.previousIndex());
        }
        if (refusal != null) {
          yield "refused " + refusal;
        }
        store.remove(path, Action.COMPARE_AND_DELETE, false);
        yield "done " + path;
      }
    };
  }

  private String set(String path, TreeWrite.Set set) {
    NaiveStore.Key old = store.keys.get(path);
    Long expiration = ofNewNode(set.expiration());
    if (old != null && set.isDirectory()) {
      store.remove(path, Action.DELETE, true);
      store.dirs.put(path, new NaiveStore.Dir(store.next(), store.next(), expiration));
      if (set.isRefresh()) {
        store.silently();
      } else {
        store.directoryEvent(path, Action.SET);
      }
      return "done " + path + "/";
    }
    if (old == null) {
      return make(path, text(set.value()), set.isDirectory(), expiration, Action.SET);
    }
    String value = set.isRefresh() ? old.value() : text(set.value());
    return rewrite(path, value, true, expiration, Action.SET, set.isRefresh());
  }

  private String create(String path, TreeWrite.Create create) {
    if (path.equals("/")) {
      return "refused 107 /";
    }
    if (blocked(path) != null) {
      return "refused 104 " + blocked(path);
    }
    return exists(path)
        ? "refused 105 " + path
        : make(
            path,
            text(create.value()),
            create.isDirectory(),
            ofNewNode(create.expiration()),
            Action.CREATE);
  }

  private String update(String path, TreeWrite.Update update) {
    if (path.equals("/")) {
      return "refused 107 /";
    }
    if (blocked(path) != null) {
      return "refused 104 " + blocked(path);
    }
    if (!exists(path)) {
      return "refused 100 " + missing(path);
    }
    Long expiration = permanent(update.expiration());
    if (!store.isDirectory(path)) {
      String value = update.isRefresh() ? key(path).value() : text(update.value());
      return rewrite(path, value, false, expiration, Action.UPDATE, update.isRefresh());
    }
    if (!update.value().isEmpty()) {
      return "refused 102 " + path;
    }
    long[] indexes = indexes(path);
    store.dirs.put(path, new NaiveStore.Dir(indexes[0], indexes[1], expiration));
    if (update.isRefresh()) {
      store.silently();
    } else {
      store.directoryEvent(path, Action.UPDATE);
    }
    return "done " + path + "/";
  }

  private String delete(String path, TreeWrite.Delete delete) {
    if (path.equals("/")) {
      return "refused 107 /";
    }
    if (blocked(path) != null) {
      return "refused 104 " + blocked(path);
    }
    if (!exists(path)) {
      return "refused 100 " + missing(path);
    }
    if (!store.isDirectory(path)) {
      store.remove(path, Action.DELETE, false);
      return "done " + path;
    }
    if (!delete.isDirectory() && !delete.isRecursive()) {
      return "refused 102 " + path;
    }
    boolean isEmpty =
        store.dirs.keySet().stream().noneMatch(dir -> dir.startsWith(path + "/"))
            && store.keys.keySet().stream()
                .noneMatch(key -> key.startsWith(path + "/") && NaiveStore.isPath(key));
    if (!isEmpty && !delete.isRecursive()) {
      return "refused 108 " + path;
    }
    store.removeDirectory(path, Action.DELETE);
    return "done " + path + "/";
  }

  private String make(
      String path, String value, boolean isDirectory, @Nullable Long expiration, Action how) {
    for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
      String parent = path.substring(0, slash);
      if (!store.isDirectory(parent)) {
        store.dirs.put(parent, new NaiveStore.Dir(store.next(), store.next(), null));
      }
    }
    if (isDirectory) {
      store.dirs.put(path, new NaiveStore.Dir(store.next(), store.next(), expiration));
      store.directoryEvent(path, how);
      return "created " + path + "/";
    }
    store.put(path, value, 0, true, expiration, how);
    return "created " + path;
  }

  private String rewrite(
      String path,
      String value,
      boolean renews,
      @Nullable Long expiration,
      Action how,
      boolean isRefresh) {
    int events = store.events.size();
    store.put(path, value, isRefresh ? key(path).lease() : 0, renews, expiration, how);
    if (isRefresh) {
      store.events.subList(events, store.events.size()).clear();
    }
    return "done " + path;
  }

  private @Nullable String fileOnly(String path) {
    if (blocked(path) != null) {
      return "104 " + blocked(path);
    }
    if (!exists(path)) {
      return "100 " + missing(path);
    }
    return store.isDirectory(path) ? "102 " + path : null;
  }

  private @Nullable String compare(String path, String value, long index) {
    NaiveStore.Key key = key(path);
    boolean isValue = value.isEmpty() || value.equals(key.value());
    boolean isIndex = index == 0 || index == key.modified();
    if (isValue && isIndex) {
      return null;
    }
    String values = isValue ? "" : "[" + value + " != " + key.value() + "]";
    String indexes = isIndex ? "" : "[" + index + " != " + key.modified() + "]";
    return "101 " + (values + " " + indexes).strip();
  }

  private long[] indexes(String path) {
    NaiveStore.Dir dir = store.dirs.get(path);
    if (dir != null) {
      return new long[] {dir.created(), dir.modified()};
    }
    long first =
        store.keys.entrySet().stream()
            .filter(key -> key.getKey().startsWith(path + "/") && NaiveStore.isPath(key.getKey()))
            .findFirst()
            .map(key -> key.getValue().created())
            .orElseGet(() -> store.dirs.ceilingEntry(path + "/").getValue().created());
    return new long[] {first, first};
  }

  private NaiveStore.Key key(String path) {
    NaiveStore.Key key = store.keys.get(path);
    if (key == null) {
      throw new IllegalStateException(path);
    }
    return key;
  }

  private boolean exists(String path) {
    return store.keys.containsKey(path) || store.isDirectory(path);
  }

  private @Nullable String blocked(String path) {
    for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
      String parent = path.substring(0, slash);
      if (!store.isDirectory(parent)) {
        return store.keys.containsKey(parent) ? parent : null;
      }
    }
    return null;
  }

  private String missing(String path) {
    for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
      if (!store.isDirectory(path.substring(0, slash))) {
        return path.substring(0, slash);
      }
    }
    return path;
  }

  private static @Nullable Long permanent(long expiration) {
    return expiration == Version.PERMANENT ? null : expiration;
  }

  private static @Nullable Long ofNewNode(long expiration) {
    return expiration < YEAR_2000_NANOS ? null : expiration;
  }
}
