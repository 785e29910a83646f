package dev.remora.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Raw settings that are being read; remembers each mistake instead of stopping at the first. */
final class Settings {
  private final Map<Setting, String> values;
  private final List<String> problems = new ArrayList<>();

  Settings(Map<Setting, String> values) {
    this.values = values;
  }

  boolean isGiven(Setting setting) {
    return values.containsKey(setting);
  }

  String text(Setting setting) {
    return values.getOrDefault(setting, setting.fallback());
  }

  String nonEmpty(Setting setting) {
    String value = text(setting);
    if (value.isEmpty()) {
      report(setting, "must not be empty");
    }
    return value;
  }

  String oneOf(Setting setting, List<String> allowed) {
    String value = text(setting);
    if (!allowed.contains(value)) {
      report(setting, "must be one of " + String.join(", ", allowed) + ", not '" + value + "'");
    }
    return value;
  }

  boolean isTrue(Setting setting) {
    return oneOf(setting, List.of("true", "false")).equals("true");
  }

  long number(Setting setting, long least, long most) {
    String value = text(setting);
    try {
      long number = Long.parseLong(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Reported below, with the bounds.
    }
    report(setting, "must be a number from " + least + " to " + most + ", not '" + value + "'");
    return least;
  }

  Duration millis(Setting setting, long least, long most) {
    return Duration.ofMillis(number(setting, least, most));
  }

  Retention retention(Setting modeSetting, Setting setting) {
    String mode = oneOf(modeSetting, List.of(Retention.PERIODIC, Retention.REVISION));
    Optional<Retention> retention = Retention.parse(mode, text(setting));
    if (retention.isEmpty()) {
      String form = mode.equals(Retention.REVISION) ? "" : " of hours or a duration such as 1h30m";
      report(setting, "must be a number" + form + ", not '" + text(setting) + "'");
    }
    return retention.orElse(new Retention.All());
  }

  @Nullable Path file(Setting setting) {
    String value = text(setting);
    return value.isEmpty() ? null : Path.of(value);
  }

  List<Url> urls(Setting setting, String value) {
    List<Url> urls = new ArrayList<>();
    for (String part : value.split(",", -1)) {
      try {
        urls.add(Url.parse(part.strip()));
      } catch (IllegalArgumentException e) {
        report(setting, String.valueOf(e.getMessage()));
      }
    }
    return urls;
  }

  void report(Setting setting, String problem) {
    problems.add("--" + setting.key() + ": " + problem);
  }

  void finish() throws InvalidConfigException {
    if (!problems.isEmpty()) {
      throw new InvalidConfigException(problems);
    }
  }
}
