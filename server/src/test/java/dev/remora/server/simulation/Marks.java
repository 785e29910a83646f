package dev.remora.server.simulation;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** How often each rare situation was reached. */
final class Marks {
  private final Map<Mark, long[]> counts = new EnumMap<>(Mark.class);

  Marks() {
    for (Mark mark : Mark.values()) {
      counts.put(mark, new long[1]);
    }
  }

  private long[] counter(Mark mark) {
    return Objects.requireNonNull(counts.get(mark));
  }

  void reach(Mark mark) {
    counter(mark)[0]++;
  }

  long count(Mark mark) {
    return counter(mark)[0];
  }

  void add(Marks other) {
    other.counts.forEach((mark, count) -> counter(mark)[0] += count[0]);
  }

  /** What was never reached, and can be in runs of this kind. */
  List<Mark> missing(Kind kind) {
    return Arrays.stream(Mark.values())
        .filter(mark -> mark.isOf(kind) && count(mark) == 0)
        .toList();
  }

  /** A line for each. */
  String table() {
    StringBuilder table = new StringBuilder();
    for (Mark mark : Mark.values()) {
      table.append("%-44s %12d%n".formatted(mark, count(mark)));
    }
    return table.toString();
  }
}
