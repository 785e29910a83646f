package dev.remora.server.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The scenarios our server does not owe yet: {@code v2/pending.txt}, one a line, its name, then the
 * reason.
 */
record Pending(Map<String, String> reasons) {
  static Pending load() {
    try (InputStream file = Pending.class.getResourceAsStream("/v2/pending.txt")) {
      return parse(new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IllegalStateException("v2/pending.txt cannot be read", e);
    }
  }

  static Pending parse(String text) {
    Map<String, String> reasons = new LinkedHashMap<>();
    text.lines()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .forEach(line -> {
          String[] parts = line.split("\\s+", 2);
          if (parts.length < 2) {
            throw new IllegalStateException("no reason in v2/pending.txt for " + line);
          }
          if (reasons.put(parts[0], parts[1]) != null) {
            throw new IllegalStateException("twice in v2/pending.txt: " + parts[0]);
          }
        });
    return new Pending(reasons);
  }

  /** Why this scenario is pending, if it is. */
  Optional<String> reason(Scenario scenario) {
    return Optional.ofNullable(reasons.get(scenario.id()));
  }
}
