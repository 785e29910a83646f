package dev.remora.kube;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds in PromQL, wherever it stands, the metrics that it asks for. */
final class Queries {
  /** Of a query in JSON or YAML, that of one line. */
  private static final Pattern QUERY =
      Pattern.compile("\"?expr\"?:\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|(.+))");

  private static final Pattern METRIC =
      Pattern.compile("\\b((?:etcd|remora|process|jvm)_[a-z0-9_]+)\\b");

  /** Those of the agent; all others are the server's. */
  private static final Pattern OF_AGENT =
      Pattern.compile(
          "remora_(?:ready|registered|view_|services|groups|watches|leases_lost|registry_|api_).*");

  private Queries() {}

  /**
   * The names.
   *
   * @param program whose metrics: {@code server} or {@code agent}
   */
  static Set<String> metrics(String text, String program) {
    Set<String> names = new TreeSet<>();
    Matcher query = QUERY.matcher(text);
    while (query.find()) {
      String words = query.group(1) == null ? query.group(2) : query.group(1);
      Matcher metric = METRIC.matcher(words);
      while (metric.find()) {
        if (OF_AGENT.matcher(metric.group(1)).matches() == program.equals("agent")) {
          names.add(metric.group(1));
        }
      }
    }
    return names;
  }
}
