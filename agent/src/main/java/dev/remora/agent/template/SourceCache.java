package dev.remora.agent.template;

import io.pebbletemplates.pebble.cache.PebbleCache;
import io.pebbletemplates.pebble.template.PebbleTemplate;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.function.Function;

/** The most recently used parsed templates. */
final class SourceCache implements PebbleCache<Object, PebbleTemplate> {
  private static final int TEMPLATES_MAX = 256;

  private final LinkedHashMap<Object, PebbleTemplate> parsed =
      new LinkedHashMap<>(16, 0.75f, /* accessOrder= */ true);

  @Override
  public PebbleTemplate computeIfAbsent(
      Object source, Function<? super Object, ? extends PebbleTemplate> parse) {
    PebbleTemplate known = parsed.get(source);
    if (known != null) {
      return known;
    }
    PebbleTemplate made = parse.apply(source);
    parsed.put(source, made);
    if (parsed.size() > TEMPLATES_MAX) {
      Iterator<Object> eldest = parsed.keySet().iterator();
      eldest.next();
      eldest.remove();
    }
    return made;
  }

  @Override
  public void invalidateAll() {
    parsed.clear();
  }
}
