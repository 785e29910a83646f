package dev.remora.server.simulation;

import java.util.Arrays;
import java.util.List;

/** How often each rare situation was reached. */
final class Marks {
  private final long[] counts = new long[Mark.values().length];

  void reach(Mark mark) {
    counts[mark.ordinal()]++;
  }

  long count(Mark mark) {
    return counts[mark.ordinal()];
  }

  void add(Marks other) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += other.counts[i];
    }
  }

  /** What was never reached. */
  List<Mark> missing() {
    return Arrays.stream(Mark.values()).filter(mark -> count(mark) == 0).toList();
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
