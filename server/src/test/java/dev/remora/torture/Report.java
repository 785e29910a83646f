package dev.remora.torture;

import dev.remora.torture.nemesis.FaultKind;
import dev.remora.torture.nemesis.Strike;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * What came out of a run.
 *
 * @param writes acknowledged writes of v2, by time, in nanoseconds
 * @param strikes the faults, in order
 * @param verdicts problems by check; all good if each list is empty
 */
record Report(
    Plan plan, List<Long> writes, List<Strike> strikes, Map<String, List<String>> verdicts) {
  private static final int TOLD_MAX = 5;

  Report {
    writes = List.copyOf(writes);
    strikes = List.copyOf(strikes);
  }

  /** All problems of all checks. */
  List<String> problems() {
    return verdicts.values().stream().flatMap(List::stream).toList();
  }

  /** For a person. */
  String text() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s, %d member(s), %s, seed %d: %d writes acknowledged, %d faults"
            .formatted(
                plan.kind(),
                plan.members(),
                plan.duration(),
                plan.seed(),
                writes.size(),
                strikes.size()));
    lines.add("%-10s %5s %14s %14s".formatted("fault", "count", "longest gap", "slowest heal"));
    perKind().forEach((kind, ours) -> lines.add(line(kind, ours)));
    verdicts.forEach((name, problems) -> {
      lines.add((problems.isEmpty() ? "good  " : "BAD   ") + name);
      problems.stream().limit(TOLD_MAX).forEach(problem -> lines.add("      " + problem));
      if (problems.size() > TOLD_MAX) {
        lines.add("      and " + (problems.size() - TOLD_MAX) + " more");
      }
    });
    return String.join("\n", lines);
  }

  private Map<FaultKind, List<Strike>> perKind() {
    Map<FaultKind, List<Strike>> kinds = new EnumMap<>(FaultKind.class);
    strikes.forEach(
        strike -> kinds.computeIfAbsent(strike.kind(), _ -> new ArrayList<>()).add(strike));
    return kinds;
  }

  private String line(FaultKind kind, List<Strike> ours) {
    TreeSet<Long> times = new TreeSet<>(writes);
    long gap = ours.stream().mapToLong(strike -> gap(times, strike)).max().orElse(0);
    long heal =
        ours.stream()
            .mapToLong(strike -> strike.recoveredNanos() - strike.healedNanos())
            .max()
            .orElse(0);
    return "%-10s %5d %11d ms %11d ms"
        .formatted(
            kind.label(),
            ours.size(),
            Duration.ofNanos(gap).toMillis(),
            Duration.ofNanos(heal).toMillis());
  }

  /** The longest time without an acknowledged write that touches a strike. */
  static long gap(TreeSet<Long> times, Strike strike) {
    Long before = times.floor(strike.struckNanos());
    long last = before == null ? strike.struckNanos() : before;
    long longest = 0;
    for (long time : times.tailSet(strike.struckNanos(), false)) {
      longest = Math.max(longest, time - last);
      last = time;
      if (time >= strike.recoveredNanos()) {
        break;
      }
    }
    return longest;
  }
}
