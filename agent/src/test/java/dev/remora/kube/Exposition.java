package dev.remora.kube;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Prometheus' text format 0.0.4, read strictly: what its own linter asks for, and that histograms
 * add up (Prometheus' documentation, "Exposition formats").
 */
final class Exposition {
  private static final Pattern COMMENT =
      Pattern.compile("# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)");
  private static final String LABEL = "[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\n]|\\\\[\\\\\"n])*\"";
  private static final Pattern SAMPLE =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{" + LABEL + "(?:," + LABEL + ")*,?})? (\\S+)");
  private static final Pattern ENDING = Pattern.compile("_(bucket|sum|count|max)$");
  private static final Set<String> TYPES =
      Set.of("counter", "gauge", "histogram", "summary", "untyped");

  private final Map<String, String> types = new HashMap<>();
  private final Set<String> helped = new HashSet<>();
  private final Set<String> names = new TreeSet<>();
  private final Set<String> series = new HashSet<>();
  private final Map<String, Double> lastBucket = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();

  /** Reads a scrape. */
  Exposition(String text) {
    if (!text.endsWith("\n")) {
      problems.add("the last line has no end");
    }
    text.lines().forEach(this::read);
  }

  List<String> problems() {
    return List.copyOf(problems);
  }

  /** The names of all samples, with their endings. */
  Set<String> names() {
    return names;
  }

  private void read(String line) {
    if (line.startsWith("#")) {
      Matcher comment = COMMENT.matcher(line);
      if (!comment.matches()) {
        problems.add("no comment of this format: " + line);
      } else if (comment.group(1).equals("HELP")) {
        if (!helped.add(comment.group(2))) {
          problems.add("HELP twice: " + line);
        }
      } else if (!TYPES.contains(comment.group(3))
          || types.put(comment.group(2), comment.group(3)) != null) {
        problems.add("TYPE is unknown or comes twice: " + line);
      }
      return;
    }
    Matcher sample = SAMPLE.matcher(line);
    if (!sample.matches()) {
      problems.add("no sample of this format: " + line);
      return;
    }
    String name = sample.group(1);
    String labels = String.valueOf(sample.group(2));
    names.add(name);
    if (!series.add(name + labels)) {
      problems.add("twice: " + line);
    }
    check(line, name, labels, number(line, sample.group(3)));
  }

  private void check(String line, String name, String labels, double value) {
    String family = types.containsKey(name) ? name : ENDING.matcher(name).replaceFirst("");
    String type = types.get(family);
    if (type == null || !helped.contains(family)) {
      problems.add("no TYPE or no HELP before: " + line);
      return;
    }
    if (type.equals("counter") && !(name.endsWith("_total") && value >= 0)) {
      problems.add("a counter ends in _total and is not negative: " + line);
    }
    if (type.equals("histogram") && name.endsWith("_bucket")) {
      String rest = name + labels.replaceAll("le=\"[^\"]*\"", "");
      Double before = lastBucket.put(rest, value);
      if (before != null && before > value) {
        problems.add("buckets are cumulative: " + line);
      }
    }
  }

  private double number(String line, String text) {
    try {
      return switch (text) {
        case "+Inf" -> Double.POSITIVE_INFINITY;
        case "-Inf" -> Double.NEGATIVE_INFINITY;
        default -> Double.parseDouble(text);
      };
    } catch (NumberFormatException e) {
      problems.add("no number: " + line);
      return 0;
    }
  }
}
