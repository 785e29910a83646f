package dev.remora.agent.view;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Does not believe at once that a service has lost many of its instances: for a while it shows
 * those that were there before. What grows back meanwhile is believed.
 *
 * <p>An instance is a key two levels below the directory of the services. Not thread-safe.
 */
public final class ShrinkGuard {
  private final String directory;
  private final GuardSettings settings;
  private final TreeMap<String, Known> services = new TreeMap<>();

  /** A service: what was believed last, and since when something else is held back. */
  private static final class Known {
    private List<KeyValue> good;
    private long heldSince;
    private boolean isHeld;
    private int seen;

    Known(List<KeyValue> good) {
      this.good = good;
    }
  }

  /**
   * Makes one that has seen nothing.
   *
   * @param directory what the keys of all services begin with, such as {@code /services/}
   */
  public ShrinkGuard(String directory, GuardSettings settings) {
    this.directory = directory;
    this.settings = settings;
  }

  /** Takes the whole content of a range and returns what is to be shown of it, keys ascending. */
  public List<KeyValue> filter(KeyRange range, List<KeyValue> values, long nowMillis) {
    boolean isOff = settings.minInstances() == 0 && settings.maxShrinkPercent() == 100;
    if (isOff || range instanceof KeyRange.Key) {
      return values;
    }
    TreeMap<String, KeyValue> shown = new TreeMap<>();
    TreeMap<String, List<KeyValue>> fresh = new TreeMap<>();
    for (KeyValue kv : values) {
      String service = service(kv.key());
      if (service == null) {
        shown.put(kv.key(), kv);
      } else {
        fresh.computeIfAbsent(service, _ -> new ArrayList<>()).add(kv);
      }
    }
    TreeSet<String> names = new TreeSet<>(fresh.keySet());
    services.keySet().stream().filter(range::contains).forEach(names::add);
    for (String name : names) {
      List<KeyValue> found = fresh.getOrDefault(name, List.of());
      // A range that begins inside a service does not show all of it.
      boolean isWhole = name.startsWith(range.start());
      believed(name, found, isWhole, nowMillis).forEach(kv -> shown.put(kv.key(), kv));
    }
    return List.copyOf(shown.values());
  }

  /** The directory of the service that a key is an instance of, or null. */
  private @Nullable String service(String key) {
    if (!key.startsWith(directory)) {
      return null;
    }
    int end = key.indexOf('/', directory.length());
    return end < 0 ? null : key.substring(0, end + 1);
  }

  private List<KeyValue> believed(
      String name, List<KeyValue> found, boolean isWhole, long nowMillis) {
    if (!isWhole) {
      return found;
    }
    Known known = services.computeIfAbsent(name, _ -> new Known(found));
    known.seen = found.size();
    if (isTooFew(found.size(), known.good.size())) {
      if (!known.isHeld) {
        known.isHeld = true;
        known.heldSince = nowMillis;
      }
      if (nowMillis - known.heldSince < settings.holdMillis()) {
        return known.good;
      }
    }
    known.isHeld = false;
    if (found.isEmpty()) {
      services.remove(name);
    } else {
      known.good = List.copyOf(found);
    }
    return found;
  }

  private boolean isTooFew(int now, int before) {
    int lost = before - now;
    return lost > 0
        && (now < settings.minInstances()
            || 100L * lost > (long) settings.maxShrinkPercent() * before);
  }

  /** What is held back now and why, one sentence a service; empty for nothing. */
  public List<String> held() {
    List<String> reasons = new ArrayList<>();
    services.forEach((name, known) -> {
      if (known.isHeld) {
        reasons.add(
            String.format(
                Locale.ROOT,
                "%s shrank from %d to %d instances: the former are shown for %d ms",
                name.substring(directory.length(), name.length() - 1),
                known.good.size(),
                known.seen,
                settings.holdMillis()));
      }
    });
    return reasons;
  }

  /** When the first hold is over; then everything is to be filtered again. */
  public OptionalLong nextRelease() {
    return services.values().stream()
        .filter(known -> known.isHeld)
        .mapToLong(known -> known.heldSince + settings.holdMillis())
        .min();
  }
}
