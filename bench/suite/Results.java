import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What was measured: kept, and added to a file line by line, so that nothing is lost when the suite
 * is ended. Lines that begin with {@code #} say on what machine and when.
 */
final class Results {
  private static final String HEAD = "experiment\tmembers\tserver\twhat\tx\tround\tmetric\tvalue";

  /**
   * What a measurement is of.
   *
   * @param what within the experiment, such as a method
   * @param x along the axis, such as the number of connections
   */
  record Place(String experiment, int memberCount, Kind kind, String what, String x, int round) {}

  /** One line. */
  record Line(Place place, String metric, double value) {}

  private final Path file;
  private final List<Line> lines = new ArrayList<>();
  private final Map<String, String> facts = new LinkedHashMap<>();

  private Results(Path file) {
    this.file = file;
  }

  /** Begins a file; one that is there is replaced. */
  static Results begin(Path file, Map<String, String> facts) throws IOException {
    Results results = new Results(file);
    results.facts.putAll(facts);
    List<String> head = new ArrayList<>();
    facts.forEach((name, value) -> head.add("# " + name + ": " + value));
    head.add(HEAD);
    Files.write(file, head);
    return results;
  }

  /** Reads a file that {@link #begin} began. */
  static Results read(Path file) throws IOException {
    Results results = new Results(file);
    for (String line : Files.readAllLines(file)) {
      if (line.startsWith("# ")) {
        String[] fact = line.substring(2).split(": ", 2);
        results.facts.put(fact[0], fact[1]);
      } else if (!line.equals(HEAD)) {
        String[] fields = line.split("\t");
        results.lines.add(
            new Line(
                new Place(
                    fields[0],
                    Integer.parseInt(fields[1]),
                    Kind.valueOf(fields[2]),
                    fields[3],
                    fields[4],
                    Integer.parseInt(fields[5])),
                fields[6],
                Double.parseDouble(fields[7])));
      }
    }
    return results;
  }

  void add(Place place, String metric, double value) throws IOException {
    lines.add(new Line(place, metric, value));
    String text =
        String.format(
            Locale.ROOT,
            "%s\t%d\t%s\t%s\t%s\t%d\t%s\t%.3f%n",
            place.experiment(),
            place.memberCount(),
            place.kind(),
            place.what(),
            place.x(),
            place.round(),
            metric,
            value);
    Files.writeString(file, text, StandardOpenOption.APPEND);
    Bench.tell(text.strip().replace('\t', ' '));
  }

  /** A fact that is known in the end only. */
  void addFact(String name, String value) throws IOException {
    facts.put(name, value);
    Files.writeString(file, "# " + name + ": " + value + "\n", StandardOpenOption.APPEND);
  }

  Map<String, String> facts() {
    return facts;
  }

  /** All lines, in the order they came in. */
  List<Line> lines() {
    return lines;
  }
}
