package dev.remora.server.config;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as etcd's flags have them, {@code 1h30m} or {@code 1.5h}; not negative. */
final class GoDuration {
  /** About 292 years are what fits into nanoseconds. */
  static final long HOURS_MAX = Long.MAX_VALUE / 3_600_000_000_000L;

  private static final Pattern PART =
      Pattern.compile("(\\d+\\.?\\d*|\\.\\d+)(ns|us|µs|μs|ms|s|m|h)");

  private GoDuration() {}

  /** Reads one; nothing if it is none, or too long for nanoseconds. */
  static Optional<Duration> parse(String text) {
    Matcher part = PART.matcher(text);
    BigDecimal nanos = BigDecimal.ZERO;
    int end = 0;
    while (end < text.length() && part.find(end) && part.start() == end) {
      nanos = nanos.add(new BigDecimal(part.group(1)).multiply(nanosOf(part.group(2))));
      end = part.end();
    }
    boolean isWhole = end > 0 && end == text.length();
    return isWhole && nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0
        ? Optional.of(Duration.ofNanos(nanos.setScale(0, RoundingMode.DOWN).longValueExact()))
        : Optional.empty();
  }

  private static BigDecimal nanosOf(String unit) {
    return BigDecimal.valueOf(
        switch (unit) {
          case "ns" -> 1L;
          case "ms" -> 1_000_000L;
          case "s" -> 1_000_000_000L;
          case "m" -> 60_000_000_000L;
          case "h" -> 3_600_000_000_000L;
          default -> 1_000L;
        });
  }
}
