package dev.remora.agent.config;

/** Words that become part of a registry path. */
final class Names {
  private static final int BYTES_MAX = 255;

  private Names() {}

  /** Reports a text that cannot be one segment of a path, and returns it. */
  static String segment(Section section, String key, String text) {
    boolean isBad =
        text.length() > BYTES_MAX
            || text.equals(".")
            || text.equals("..")
            || text.chars().anyMatch(c -> c == '/' || c <= ' ' || c == 0x7f);
    if (isBad) {
      section.problem(
          key, "must be at most " + BYTES_MAX + " characters without '/' and white space");
    }
    return text;
  }

  /** Reads {@code registry.prefix}: empty, or a path without a final slash. */
  static String prefix(Section registry) {
    String prefix = registry.text("prefix", "");
    boolean isGood = prefix.isEmpty() || (prefix.startsWith("/") && !prefix.endsWith("/"));
    if (!isGood || prefix.contains("//")) {
      registry.problem("prefix", "must start with '/' and not end with it");
    }
    return prefix;
  }
}
