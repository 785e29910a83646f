package dev.remora.server.fuzz;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A body with its times taken out and, unless an order was asked for, its children in one order.
 * Everything else of it stays as it was sent, byte for byte: the order of fields and the escapes
 * are compared, too.
 *
 * <p>It works on the text. A quote inside a JSON string is escaped, so {@code "nodes":[} and {@code
 * "expiration":"} are what they look like.
 *
 * @param text what must be equal
 * @param times what must be close, in the order of the text
 */
record Canonical(String text, List<Time> times) {
  /** How far apart two servers' times may lie, since one was asked after the other. */
  private static final Duration CLOSE = Duration.ofSeconds(2);

  private static final Pattern TIME =
      Pattern.compile("\"expiration\":\"([^\"]*)\"(?:,\"ttl\":(-?[0-9]+))?");
  private static final String NODES = "\"nodes\":[";

  /**
   * When a node expires.
   *
   * @param expiration the instant
   * @param ttl in seconds; 0 if it is absent
   */
  record Time(Instant expiration, long ttl) {
    private boolean isCloseTo(Time other) {
      return Duration.between(expiration, other.expiration).abs().compareTo(CLOSE) <= 0;
    }

    private boolean leavesNearly(Time other) {
      return Math.abs(ttl - other.ttl) <= CLOSE.toSeconds();
    }
  }

  Canonical {
    times = List.copyOf(times);
  }

  /** Makes a body comparable. */
  static Canonical of(String body, boolean isSorted) {
    return isSorted ? plain(body) : unordered(body);
  }

  /** Whether its nodes expire when the other's do, nearly. */
  boolean hasExpirationsOf(Canonical other) {
    return isTrueOfAll(other, Time::isCloseTo);
  }

  /** Whether the TTLs of its nodes are the other's, nearly. */
  boolean hasTtlsOf(Canonical other) {
    return isTrueOfAll(other, Time::leavesNearly);
  }

  private boolean isTrueOfAll(Canonical other, BiPredicate<Time, Time> isAlike) {
    return times.size() == other.times.size()
        && IntStream.range(0, times.size())
            .allMatch(i -> isAlike.test(times.get(i), other.times.get(i)));
  }

  private static Canonical plain(String text) {
    List<Time> times = new ArrayList<>();
    Matcher found = TIME.matcher(text);
    StringBuilder without = new StringBuilder();
    while (found.find()) {
      long ttl = found.group(2) == null ? 0 : Long.parseLong(found.group(2));
      times.add(new Time(Instant.parse(found.group(1)), ttl));
      found.appendReplacement(without, "\"expiration\":\"#\"");
    }
    return new Canonical(found.appendTail(without).toString(), times);
  }

  private static Canonical unordered(String text) {
    int start = text.indexOf(NODES);
    if (start < 0) {
      return plain(text);
    }
    List<Canonical> children = new ArrayList<>();
    int at = start + NODES.length();
    while (at < text.length() && text.charAt(at) != ']') {
      int end = endOfObject(text, at);
      children.add(unordered(text.substring(at, end)));
      at = end < text.length() && text.charAt(end) == ',' ? end + 1 : end;
    }
    children.sort(Comparator.comparing(Canonical::text));
    Canonical before = plain(text.substring(0, start));
    Canonical after = unordered(text.substring(at));
    List<Time> times = new ArrayList<>(before.times);
    children.forEach(child -> times.addAll(child.times));
    times.addAll(after.times);
    String joined = String.join(",", children.stream().map(Canonical::text).toList());
    return new Canonical(before.text + NODES + joined + after.text, times);
  }

  private static int endOfObject(String text, int start) {
    int depth = 0;
    boolean isInString = false;
    for (int i = start; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isInString) {
        if (c == '\\') {
          i++;
        } else if (c == '"') {
          isInString = false;
        }
      } else if (c == '"') {
        isInString = true;
      } else if (c == '{' || c == '[') {
        depth++;
      } else if ((c == '}' || c == ']') && --depth == 0) {
        return i + 1;
      }
    }
    return text.length();
  }
}
