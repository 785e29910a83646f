import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How much is measured.
 *
 * @param rounds how often each server is started for each experiment
 * @param seconds of one run of wrk
 * @param connections of wrk
 * @param watchers of one key
 * @param writes that those watchers are told of, one at a time
 * @param keys how many a server holds when its memory and its restart are measured, ascending
 * @param isIdleAwaited whether memory is also measured once the server has come to rest
 * @param kills of a leader, in each round
 * @param changes of a file that is rendered, one at a time, in each round
 * @param only names of experiments; empty for all
 * @param out where results are written
 * @param isDrawnOnly whether nothing is measured, and the results of {@code out} are drawn again
 */
record Settings(
    int rounds,
    int seconds,
    List<Integer> connections,
    List<Integer> watchers,
    int writes,
    List<Integer> keys,
    boolean isIdleAwaited,
    int kills,
    int changes,
    List<String> only,
    Path out,
    boolean isDrawnOnly) {
  static final String USAGE =
      """
      usage: bench/all [--quick|--full] [--only NAME,…] [--rounds N] [--seconds N] [--out DIR]
             bench/all --draw DIR

        --quick     one round of 2 s a measurement, few sizes: some five minutes, says that all works
        --full      three rounds of 8 s, all sizes: some two hours; the default
        --only      throughput, fan-out, keys, failover, file
        --rounds, --seconds   instead of those
        --out DIR   where results.tsv, table.md and the plots go; default target/bench
        --draw DIR  the table and the plots again, from the results.tsv that is there
      """;

  private static final List<String> NAMES =
      List.of("throughput", "fan-out", "keys", "failover", "file");

  Settings {
    connections = List.copyOf(connections);
    watchers = List.copyOf(watchers);
    keys = List.copyOf(keys);
    only = List.copyOf(only);
  }

  /**
   * Reads the command line.
   *
   * @throws IllegalArgumentException with one line that says what is wrong
   */
  static Settings of(List<String> arguments, Path root) {
    boolean isQuick = false;
    boolean isDrawnOnly = false;
    int rounds = 0;
    int seconds = 0;
    List<String> only = List.of();
    Path out = root.resolve("target/bench");
    List<String> rest = new ArrayList<>(arguments);
    while (!rest.isEmpty()) {
      String flag = rest.removeFirst();
      switch (flag) {
        case "--quick" -> isQuick = true;
        case "--full" -> isQuick = false;
        case "--only" -> only = names(value(flag, rest));
        case "--rounds" -> rounds = count(flag, rest);
        case "--seconds" -> seconds = count(flag, rest);
        case "--out" -> out = Path.of(value(flag, rest)).toAbsolutePath();
        case "--draw" -> {
          out = Path.of(value(flag, rest)).toAbsolutePath();
          isDrawnOnly = true;
        }
        default -> throw new IllegalArgumentException("unknown flag '" + flag + "'");
      }
    }
    return new Settings(
        rounds > 0 ? rounds : isQuick ? 1 : 3,
        seconds > 0 ? seconds : isQuick ? 2 : 8,
        isQuick ? List.of(1, 64) : List.of(1, 16, 64, 256),
        isQuick ? List.of(100, 1_000) : List.of(100, 1_000, 10_000),
        isQuick ? 20 : 200,
        isQuick ? List.of(1_000, 10_000) : List.of(1_000, 10_000, 100_000, 1_000_000),
        !isQuick,
        isQuick ? 2 : 5,
        isQuick ? 50 : 500,
        only,
        out,
        isDrawnOnly);
  }

  boolean isWanted(String name) {
    return only.isEmpty() || only.contains(name);
  }

  private static List<String> names(String text) {
    List<String> names = List.of(text.split(","));
    for (String name : names) {
      if (!NAMES.contains(name)) {
        throw new IllegalArgumentException("--only knows " + NAMES + ", not '" + name + "'");
      }
    }
    return names;
  }

  private static int count(String flag, List<String> rest) {
    String text = value(flag, rest);
    if (!text.matches("[1-9][0-9]{0,3}")) {
      throw new IllegalArgumentException(flag + " must be 1 to 9999, but is '" + text + "'");
    }
    return Integer.parseInt(text);
  }

  private static String value(String flag, List<String> rest) {
    if (rest.isEmpty()) {
      throw new IllegalArgumentException(flag + " needs a value");
    }
    return rest.removeFirst();
  }
}
