package dev.remora.server.config;

import java.time.Duration;
import java.util.Optional;

/** How much history is kept by {@code --auto-compaction-mode} and {@code -retention}. */
public sealed interface Retention {
  /** etcd's default mode. */
  String PERIODIC = "periodic";

  /** The other mode. */
  String REVISION = "revision";

  /** All, as far as this setting goes. */
  record All() implements Retention {}

  /** That of the last while; positive. */
  record Age(Duration age) implements Retention {}

  /** The last so many revisions; positive. */
  record Revisions(long count) implements Retention {}

  /**
   * Reads etcd's form: a number of hours, or a duration as Go writes it, for periodic; a number of
   * revisions otherwise; 0 switches it off.
   *
   * @return nothing if it is of no such form
   */
  static Optional<Retention> parse(String mode, String text) {
    if (text.matches("\\d{1,18}")) {
      long number = Long.parseLong(text);
      if (number == 0) {
        return Optional.of(new All());
      }
      if (mode.equals(REVISION)) {
        return Optional.of(new Revisions(number));
      }
      return number > GoDuration.HOURS_MAX
          ? Optional.empty()
          : Optional.of(new Age(Duration.ofHours(number)));
    }
    return mode.equals(PERIODIC)
        ? GoDuration.parse(text).map(age -> age.isZero() ? new All() : new Age(age))
        : Optional.empty();
  }
}
