package dev.remora.agent.template;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The entries of a map in an order that is the same in every JVM: a map of the registry keeps its
 * own, one that is written in a template is sorted by key.
 */
final class Ordered {
  private Ordered() {}

  /**
   * Pebble makes a hash map of a literal, and fills it in an order that changes from run to run: a
   * file that is made anew at each start for no reason would follow.
   */
  static List<Map.Entry<?, ?>> entries(Map<?, ?> map) {
    List<Map.Entry<?, ?>> entries = new ArrayList<>(map.entrySet());
    if (map.getClass() == HashMap.class) {
      entries.sort(Comparator.comparing(entry -> String.valueOf(entry.getKey())));
    }
    return entries;
  }
}
