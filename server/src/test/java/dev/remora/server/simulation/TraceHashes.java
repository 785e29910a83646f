package dev.remora.server.simulation;

import java.util.List;
import java.util.stream.LongStream;

/** Prints what some seeds' runs come to, so that two processes can be compared. */
public final class TraceHashes {
  private TraceHashes() {}

  /** The first seed, and how many. */
  public static void main(String[] arguments) {
    SimulationMain.quiet();
    of(Long.parseLong(arguments[0]), Long.parseLong(arguments[1])).forEach(System.out::println);
  }

  static List<Long> of(long first, long count) {
    Seeds seeds = new Seeds(Kind.CORE, Group.Watching.CHECKED);
    return LongStream.range(first, first + count).mapToObj(seed -> seeds.run(seed).hash()).toList();
  }
}
