package dev.remora.agent.template;

import java.util.List;
import java.util.Optional;

/**
 * The data a template may ask for, all of it at one revision of the registry.
 *
 * <p>This is the least a render needs; {@code ls}, {@code service}, {@code services} and {@code
 * nodes} are made from {@link #tree}. Paths are as the template wrote them, made absolute; a prefix
 * ends with {@code /}. What the template asked for is in {@link TemplateResult#dependencies}, also
 * when it failed: an implementation that has not read a range yet answers as if it were empty, and
 * its owner reads the missing ranges and renders again until the dependencies are covered.
 */
public interface Values {
  /** The value of exactly this key. */
  Optional<String> key(String path);

  /** Every key that starts with the prefix, in byte order of the paths. */
  List<KeyText> tree(String prefix);

  /** The name of the node this agent runs on. */
  String node();

  /** An environment variable of the agent. */
  Optional<String> env(String name);

  /** Seconds since the registry last confirmed these values to be current; 0 while connected. */
  long ageSeconds();

  /**
   * A key and its value.
   *
   * @param path the whole key
   * @param value the value as text; bytes that are not UTF-8 are replaced
   */
  record KeyText(String path, String value) {}
}
