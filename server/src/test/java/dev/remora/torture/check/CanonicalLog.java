package dev.remora.torture.check;

import dev.remora.torture.watch.Change;
import dev.remora.torture.watch.WatchLog;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What all members together have told their watchers, and where one differs from the others: every
 * log must be this one, in order, nothing twice and nothing left out, unless the member had said
 * that it no longer knew.
 */
final class CanonicalLog {
  private static final int TOLD_MAX = 5;

  private final NavigableMap<Change.Place, Change> changes = new TreeMap<>();
  private final TreeSet<Long> indexes = new TreeSet<>();
  private final List<WatchLog> logs;
  private final List<String> problems = new ArrayList<>();

  private CanonicalLog(List<WatchLog> logs) {
    this.logs = logs;
  }

  /** Joins the logs of all members. */
  static CanonicalLog of(List<WatchLog> logs) {
    CanonicalLog joined = new CanonicalLog(logs);
    logs.forEach(joined::join);
    joined.changes.keySet().forEach(place -> joined.indexes.add(place.index()));
    logs.forEach(joined::lookForMissing);
    return joined;
  }

  private void join(WatchLog log) {
    Change.Place last = new Change.Place(0, 0);
    for (WatchLog.Seen seen : log.seen()) {
      Change change = seen.change();
      if (change.place().compareTo(last) <= 0) {
        problems.add("member %d tells %s after %s".formatted(log.member(), change, last));
      }
      last = change.place();
      Change other = changes.putIfAbsent(change.place(), change);
      if (other != null && !other.equals(change)) {
        problems.add("member %d tells %s, another %s".formatted(log.member(), change, other));
      }
    }
  }

  private void lookForMissing(WatchLog log) {
    TreeSet<Change.Place> missing = new TreeSet<>(changes.keySet());
    log.seen().forEach(seen -> missing.remove(seen.change().place()));
    missing.removeIf(place -> isCleared(log, place.index()));
    missing.stream()
        .limit(TOLD_MAX)
        .map(changes::get)
        .forEach(change ->
            problems.add(
                "member %d does not tell %s; it left out %d"
                    .formatted(log.member(), change, missing.size())));
  }

  private static boolean isCleared(WatchLog log, long index) {
    return log.gaps().stream().anyMatch(gap -> gap.has(index));
  }

  /** What differs; empty if nothing. */
  List<String> problems() {
    return List.copyOf(problems);
  }

  /** Every change, in order. */
  Collection<Change> changes() {
    return changes.values();
  }

  /** How many different indexes have changes up to this one. */
  long rank(long index) {
    return indexes.headSet(index, true).size();
  }

  /** Whether there is a change with this index. */
  boolean has(long index) {
    return indexes.contains(index);
  }

  /** An index of which no member has told, since each had forgotten it; the first such gap. */
  Optional<WatchLog.Gap> hole() {
    return logs.stream()
        .flatMap(log -> log.gaps().stream())
        .filter(gap -> logs.stream().allMatch(log -> isCleared(log, gap.last())))
        .findFirst();
  }
}
