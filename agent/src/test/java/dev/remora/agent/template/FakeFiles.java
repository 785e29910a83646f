package dev.remora.agent.template;

import java.util.Map;
import java.util.TreeMap;

/** A template directory in memory. */
final class FakeFiles implements TemplateFiles {
  private final Map<String, String> files = new TreeMap<>();

  FakeFiles with(String path, String text) {
    files.put(path, text);
    return this;
  }

  @Override
  public Content read(String path) {
    String text = files.get(path);
    return text == null ? new Content.Refused("no such file") : new Content.Text(text);
  }
}
