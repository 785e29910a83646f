import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Results as Markdown: for each experiment, method and number of members one table of medians, with
 * the least and the greatest of all rounds, and how the first figure is to that of etcd.
 */
final class Table {
  private static final String NONE = "";

  private final Results results;

  Table(Results results) {
    this.results = results;
  }

  void write(Path file) throws IOException {
    List<String> text = new ArrayList<>(List.of("# Measurements", "", "| | |", "|---|---|"));
    results.facts().forEach((name, value) -> text.add("| " + name + " | " + value + " |"));
    text.add("");
    text.add("Medians; in brackets the least and the greatest of all rounds.");
    Map<String, List<Results.Line>> parts = new LinkedHashMap<>();
    for (Results.Line line : results.lines()) {
      parts.computeIfAbsent(heading(line.place()), heading -> new ArrayList<>()).add(line);
    }
    parts.forEach((heading, lines) -> addPart(text, heading, lines));
    Files.write(file, text);
  }

  private static String heading(Results.Place place) {
    return place.experiment()
        + (place.what().equals(place.experiment()) ? "" : ": " + place.what())
        + ", "
        + place.memberCount()
        + (place.memberCount() == 1 ? " member" : " members");
  }

  private static void addPart(List<String> text, String heading, List<Results.Line> lines) {
    Set<String> metrics = new LinkedHashSet<>();
    Set<String> xs = new LinkedHashSet<>();
    lines.forEach(line -> metrics.add(line.metric()));
    lines.forEach(line -> xs.add(line.place().x()));
    text.addAll(List.of("", "## " + heading, ""));
    text.add(
        "| "
            + axis(lines.getFirst().place().experiment())
            + " | server | "
            + String.join(" | ", metrics)
            + " | "
            + metrics.iterator().next()
            + " to etcd's |");
    text.add("|---:|---|" + "---:|".repeat(metrics.size() + 1));
    for (String x : xs) {
      String shown = Spread.grouped(x);
      for (Kind kind : Kind.values()) {
        List<String> cells = new ArrayList<>();
        for (String metric : metrics) {
          cells.add(cell(values(lines, x, kind, metric)));
        }
        if (cells.stream().anyMatch(cell -> !cell.equals(NONE))) {
          cells.add(ratio(lines, x, kind, metrics.iterator().next()));
          text.add("| " + shown + " | " + kind.label + " | " + String.join(" | ", cells) + " |");
          shown = NONE;
        }
      }
    }
  }

  /** What is along the axis of an experiment. */
  static String axis(String experiment) {
    return switch (experiment) {
      case Throughput.NAME -> "connections";
      case FanOut.NAME -> "watchers";
      case Keys.NAME -> "keys";
      case Failover.NAME -> "timing";
      default -> NONE;
    };
  }

  private static String cell(List<Double> values) {
    return values.isEmpty() ? NONE : Spread.of(values).text();
  }

  private static String ratio(List<Results.Line> lines, String x, Kind kind, String metric) {
    List<Double> own = values(lines, x, kind, metric);
    List<Double> etcd = values(lines, x, Kind.ETCD, metric);
    if (kind == Kind.ETCD || own.isEmpty() || etcd.isEmpty() || Spread.of(etcd).median() == 0) {
      return NONE;
    }
    return String.format(Locale.ROOT, "%.2f", Spread.of(own).median() / Spread.of(etcd).median());
  }

  private static List<Double> values(List<Results.Line> lines, String x, Kind kind, String metric) {
    return lines.stream()
        .filter(line -> line.place().x().equals(x) && line.place().kind() == kind)
        .filter(line -> line.metric().equals(metric))
        .map(Results.Line::value)
        .toList();
  }
}
