package dev.remora.agent.template;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A registry that is a sorted map. */
final class FakeValues implements Values {
  private final TreeMap<String, String> keys = new TreeMap<>();
  private final Map<String, String> environment = new TreeMap<>();

  FakeValues with(String path, String value) {
    keys.put(path, value);
    return this;
  }

  FakeValues withEnvironment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  @Override
  public Optional<String> key(String path) {
    return Optional.ofNullable(keys.get(path));
  }

  @Override
  public List<KeyText> tree(String prefix) {
    return keys.tailMap(prefix).entrySet().stream()
        .takeWhile(entry -> entry.getKey().startsWith(prefix))
        .map(entry -> new KeyText(entry.getKey(), entry.getValue()))
        .toList();
  }

  @Override
  public String node() {
    return "node-1";
  }

  @Override
  public Optional<String> env(String name) {
    return Optional.ofNullable(environment.get(name));
  }

  @Override
  public long ageSeconds() {
    return 7;
  }
}
