package dev.remora.agent.runner;

import dev.remora.agent.template.Values;
import dev.remora.agent.view.KeyRange;
import dev.remora.agent.view.KeyValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** The values of some ranges at one revision. What was not read looks empty. */
final class RevisionValues implements Values {
  private final Surroundings surroundings;
  private final TreeMap<String, String> values = new TreeMap<>();
  private final long ageSeconds;

  RevisionValues(Surroundings surroundings, List<List<KeyValue>> read, long ageSeconds) {
    this.surroundings = surroundings;
    this.ageSeconds = ageSeconds;
    for (List<KeyValue> range : read) {
      range.forEach(kv -> values.put(kv.key(), kv.value()));
    }
  }

  @Override
  public Optional<String> key(String path) {
    return Optional.ofNullable(values.get(surroundings.prefix() + path));
  }

  @Override
  public List<KeyText> tree(String prefix) {
    KeyRange range = new KeyRange.Prefix(surroundings.prefix() + prefix);
    List<KeyText> found = new ArrayList<>();
    for (var entry : values.tailMap(range.start()).entrySet()) {
      if (!range.contains(entry.getKey())) {
        break;
      }
      String path = entry.getKey().substring(surroundings.prefix().length());
      found.add(new KeyText(path, entry.getValue()));
    }
    return found;
  }

  @Override
  public String node() {
    return surroundings.node();
  }

  @Override
  public Optional<String> env(String name) {
    return surroundings.environment().apply(name);
  }

  @Override
  public long ageSeconds() {
    return ageSeconds;
  }
}
