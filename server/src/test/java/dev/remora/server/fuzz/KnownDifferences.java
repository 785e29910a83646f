package dev.remora.server.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The differences that are deliberate: {@code fuzz/known-differences.json}. Each matches a part of
 * a whole exchange — request, etcd's reply, ours — and puts something into its place that makes the
 * two alike. So what it does not name is still compared.
 */
final class KnownDifferences {
  private static final String RESOURCE = "/fuzz/known-differences.json";

  private final List<Known> all;
  private final Map<String, Integer> seen = new TreeMap<>();

  private record Known(String id, Pattern match, String replacement) {}

  private KnownDifferences(List<Known> all) {
    this.all = all;
  }

  static KnownDifferences load() throws IOException {
    List<Known> all = new ArrayList<>();
    try (InputStream in = KnownDifferences.class.getResourceAsStream(RESOURCE)) {
      for (JsonNode entry : new ObjectMapper().readTree(Objects.requireNonNull(in, RESOURCE))) {
        if (entry.path("reason").asText().isBlank()) {
          throw new IllegalStateException("no reason is given for " + entry);
        }
        all.add(
            new Known(
                entry.path("id").asText(),
                Pattern.compile(entry.path("match").asText(), Pattern.DOTALL),
                entry.path("replacement").asText()));
      }
    }
    return new KnownDifferences(all);
  }

  /** The exchange without the differences that are known. */
  String forgive(String exchange) {
    String forgiven = exchange;
    for (Known known : all) {
      Matcher found = known.match.matcher(forgiven);
      if (found.find()) {
        seen.merge(known.id, 1, Integer::sum);
        forgiven = found.replaceAll(known.replacement);
      }
    }
    return forgiven;
  }

  /** How often each was seen. */
  Map<String, Integer> seen() {
    return new TreeMap<>(seen);
  }
}
