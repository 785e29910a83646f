package dev.remora.server.apply;

import dev.remora.server.mvcc.Action;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.tree.TreeWrite;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rules of the keyspace as plainly as they can be written: sorted maps, no sharing, no indexes.
 * Keys are texts here, one char a byte. Answers and states are texts too, to be compared with those
 * of the real store.
 */
final class NaiveStore {
  record Key(
      String value,
      long created,
      long modified,
      long version,
      long lease,
      long createdIndex,
      @Nullable Long expiration) {}

  record Dir(long created, long modified, @Nullable Long expiration) {}

  final TreeMap<String, Key> keys = new TreeMap<>();
  final TreeMap<String, Dir> dirs = new TreeMap<>();
  final TreeMap<Long, Long> leases = new TreeMap<>();
  private final Set<Alarm> alarms = new HashSet<>();
  final List<String> events = new ArrayList<>();
  long revision = 1;
  long compacted;
  private boolean isChanged;

  String apply(Command command) {
    isChanged = false;
    String refusal = refusal(command);
    if (!refusal.isEmpty()) {
      return refusal;
    }
    String answer =
        switch (command) {
          case Command.Tree(TreeWrite write) -> new NaiveTree(this).write(write);
          case Command.Expire(long cutoff) -> expire(cutoff);
          case Command.Operation operation -> run(operation);
          case Command.Compact(long upTo) -> compact(upTo);
          case Command.LeaseGrant(long id, long ttl) -> grant(id, ttl);
          case Command.LeaseRevoke(long id, boolean isExpired) -> revoke(id, isExpired);
          case Command.SetAlarm(Alarm alarm, boolean isRaised) -> {
            boolean isNews = isRaised ? alarms.add(alarm) : alarms.remove(alarm);
            yield "alarm " + (isRaised || isNews);
          }
          case Command.MemberChange _, Command.ChangeAuth _, Command.Stamped _ ->
              throw new IllegalArgumentException("" + command);
        };
    if (isChanged) {
      revision++;
    }
    return answer;
  }

  private String refusal(Command command) {
    boolean isHousekeeping =
        command instanceof Command.SetAlarm
            || command instanceof Command.Expire
            || (command instanceof Command.LeaseRevoke revoke && revoke.isExpired());
    if (alarms.stream().anyMatch(alarm -> alarm.kind() == Alarm.Kind.CORRUPT) && !isHousekeeping) {
      return "refused CORRUPT";
    }
    return alarms.stream().anyMatch(alarm -> alarm.kind() == Alarm.Kind.NOSPACE) && grows(command)
        ? "refused NO_SPACE"
        : "";
  }

  private static boolean grows(Command command) {
    return switch (command) {
      case Command.Tree(TreeWrite.Delete _), Command.Tree(TreeWrite.CompareAndDelete _) -> false;
      case Command.Tree _, Command.Put _, Command.LeaseGrant _ -> true;
      case Command.Txn txn ->
          Stream.concat(txn.success().stream(), txn.failure().stream()).anyMatch(NaiveStore::grows);
      default -> false;
    };
  }

  long next() {
    return revision + 1;
  }

  Key put(
      String key, String value, long lease, boolean renews, @Nullable Long expiration, Action how) {
    Key old = keys.get(key);
    Key now =
        new Key(
            value,
            old == null ? next() : old.created(),
            next(),
            old == null ? 1 : old.version() + 1,
            lease,
            old == null || renews ? next() : old.createdIndex(),
            expiration);
    boolean isShown = isShown(key);
    keys.put(key, now);
    isChanged = true;
    if (isShown) {
      events.add(next() + " " + how.word() + " " + key);
    }
    return now;
  }

  void remove(String key, Action how, boolean isSilent) {
    boolean isShown = !isSilent && isShown(key);
    keys.remove(key);
    isChanged = true;
    if (isShown) {
      events.add(next() + " " + how.word() + " " + key);
    }
  }

  void directoryEvent(String path, Action how) {
    isChanged = true;
    events.add(next() + " " + how.word() + " " + path + "/");
  }

  void silently() {
    isChanged = true;
  }

  boolean isDirectory(String path) {
    return path.equals("/")
        || dirs.containsKey(path)
        || dirs.keySet().stream().anyMatch(dir -> dir.startsWith(path + "/"))
        || keys.keySet().stream().anyMatch(key -> key.startsWith(path + "/") && isPath(key));
  }

  static boolean isPath(String key) {
    return key.length() > 1
        && key.startsWith("/")
        && !key.endsWith("/")
        && List.of(key.substring(1).split("/", -1)).stream()
            .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
  }

  private boolean isShown(String key) {
    return isPath(key) && !isDirectory(key);
  }

  private String expire(long cutoff) {
    int count = 0;
    while (true) {
      String first = null;
      long at = cutoff;
      boolean isDirectory = false;
      for (Map.Entry<String, Dir> dir : dirs.entrySet()) {
        Long end = dir.getValue().expiration();
        if (end != null && (end < at || (end == at && first == null))) {
          first = dir.getKey();
          at = end;
          isDirectory = true;
        }
      }
      for (Map.Entry<String, Key> key : keys.entrySet()) {
        Long end = key.getValue().expiration();
        if (end != null
            && (end < at || (end == at && (first == null || key.getKey().compareTo(first) <= 0)))) {
          first = key.getKey();
          at = end;
          isDirectory = false;
        }
      }
      if (first == null) {
        isChanged = false;
        return "expired " + count;
      }
      if (isDirectory) {
        removeDirectory(first, Action.EXPIRE);
      } else {
        remove(first, Action.EXPIRE, false);
      }
      revision++;
      count++;
    }
  }

  void removeDirectory(String path, Action how) {
    keys.keySet().removeIf(key -> key.equals(path) || key.startsWith(path + "/"));
    dirs.keySet().removeIf(dir -> dir.equals(path) || dir.startsWith(path + "/"));
    directoryEvent(path, how);
  }

  private String compact(long upTo) {
    if (upTo > revision) {
      return "refused FUTURE_REVISION";
    }
    if (upTo <= compacted) {
      return "refused COMPACTED";
    }
    compacted = upTo;
    return "compacted";
  }

  private String grant(long id, long ttl) {
    return leases.putIfAbsent(id, ttl) == null ? "granted " + id : "refused LEASE_EXISTS";
  }

  private String revoke(long id, boolean isExpired) {
    if (leases.remove(id) == null) {
      return "refused LEASE_NOT_FOUND";
    }
    List<String> gone =
        keys.entrySet().stream()
            .filter(key -> key.getValue().lease() == id)
            .map(Map.Entry::getKey)
            .toList();
    gone.forEach(key -> remove(key, isExpired ? Action.EXPIRE : Action.DELETE, false));
    return "revoked " + id;
  }

  private String run(Command.Operation operation) {
    String refusal = refusal(operation, choice(operation));
    return refusal != null ? "refused " + refusal : execute(operation, choice(operation));
  }

  /** All branches, chosen before anything changes. */
  private Map<Command.Txn, Boolean> choice(Command.Operation operation) {
    Map<Command.Txn, Boolean> chosen = new HashMap<>();
    choose(operation, chosen);
    return chosen;
  }

  private void choose(Command.Operation operation, Map<Command.Txn, Boolean> chosen) {
    if (operation instanceof Command.Txn txn) {
      boolean holds = txn.compares().stream().allMatch(this::holds);
      chosen.put(txn, holds);
      (holds ? txn.success() : txn.failure()).forEach(inner -> choose(inner, chosen));
    }
  }

  private boolean holds(Compare compare) {
    List<Key> found = new ArrayList<>();
    range(compare.key(), compare.rangeEnd()).forEach(key -> found.add(keys.get(key)));
    if (found.isEmpty()) {
      return compare.target() != Compare.Target.VALUE && relates(compare, 0 - compare.number());
    }
    return found.stream().allMatch(key -> relates(compare, difference(compare, key)));
  }

  private static long difference(Compare compare, Key key) {
    return switch (compare.target()) {
      case VERSION -> key.version() - compare.number();
      case CREATE -> key.created() - compare.number();
      case MOD -> key.modified() - compare.number();
      case VALUE -> key.value().compareTo(text(compare.value()));
      case LEASE -> key.lease() - compare.number();
    };
  }

  private static boolean relates(Compare compare, long difference) {
    return switch (compare.relation()) {
      case EQUAL -> difference == 0;
      case GREATER -> difference > 0;
      case LESS -> difference < 0;
      case NOT_EQUAL -> difference != 0;
    };
  }

  /** Puts are looked at first, then ranges. What was deleted before cannot be kept. */
  private @Nullable String refusal(Command.Operation operation, Map<Command.Txn, Boolean> chosen) {
    List<Command.Operation> steps = new ArrayList<>();
    flatten(operation, chosen, steps);
    TreeMap<String, Key> left = new TreeMap<>(keys);
    for (Command.Operation step : steps) {
      if (step instanceof Command.DeleteRange delete) {
        left.keySet().removeIf(key -> isIn(key, delete.key(), delete.rangeEnd()));
      }
      if (step instanceof Command.Put put) {
        if ((put.keepsValue() || put.keepsLease()) && !left.containsKey(text(put.key()))) {
          return "KEY_NOT_FOUND";
        }
        if (put.lease() != 0 && !leases.containsKey(put.lease())) {
          return "LEASE_NOT_FOUND";
        }
      }
    }
    for (Command.Operation step : steps) {
      if (step instanceof Command.Range(var request)) {
        if (request.revision() > revision) {
          return "FUTURE_REVISION";
        }
        if (request.revision() > 0 && request.revision() < compacted) {
          return "COMPACTED";
        }
      }
    }
    return null;
  }

  private static void flatten(
      Command.Operation operation,
      Map<Command.Txn, Boolean> chosen,
      List<Command.Operation> steps) {
    if (operation instanceof Command.Txn txn) {
      branch(txn, chosen).forEach(inner -> flatten(inner, chosen, steps));
    } else {
      steps.add(operation);
    }
  }

  private String execute(Command.Operation operation, Map<Command.Txn, Boolean> chosen) {
    return switch (operation) {
      case Command.Put put -> {
        String key = text(put.key());
        Key old = keys.get(key);
        String value = put.keepsValue() && old != null ? old.value() : text(put.value());
        long lease = put.keepsLease() && old != null ? old.lease() : put.lease();
        put(key, value, lease, false, null, Action.SET);
        yield "put " + (put.wantsPrevious() && old != null ? old.value() : "-");
      }
      case Command.DeleteRange delete -> {
        List<String> gone = range(delete.key(), delete.rangeEnd());
        gone.forEach(key -> remove(key, Action.DELETE, false));
        yield "deleted " + gone.size();
      }
      case Command.Range(var request) ->
          "range " + (request.revision() > 0 ? "old" : range(request.key(), request.rangeEnd()));
      case Command.Txn txn -> {
        StringBuilder answer = new StringBuilder("txn " + chosen.get(txn) + "[");
        branch(txn, chosen).forEach(inner -> answer.append(execute(inner, chosen)).append(';'));
        yield answer.append(']').toString();
      }
    };
  }

  private static List<Command.Operation> branch(Command.Txn txn, Map<Command.Txn, Boolean> chosen) {
    return Boolean.TRUE.equals(chosen.get(txn)) ? txn.success() : txn.failure();
  }

  private List<String> range(Bytes from, Bytes end) {
    return keys.keySet().stream().filter(key -> isIn(key, from, end)).toList();
  }

  private static boolean isIn(String key, Bytes from, Bytes end) {
    String start = text(from);
    String stop = text(end);
    return stop.isEmpty()
        ? key.equals(start)
        : key.compareTo(start) >= 0 && (stop.equals("\0") || key.compareTo(stop) < 0);
  }

  static String text(Bytes bytes) {
    return new String(bytes.array(), StandardCharsets.ISO_8859_1);
  }
}
