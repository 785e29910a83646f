package dev.remora.agent.runner;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The path of a file that is made of an item. It is a value of the registry that names the file, so
 * no value may lead anywhere else: what stands in a {@code {{ … }}} can be a part of one name, and
 * never a directory.
 */
final class MadePath {
  private static final int NAME_BYTES_MAX = 200;

  private final String pattern;
  private final int slashes;

  /** Takes the text that names the files; it begins with a directory that is written out. */
  MadePath(String pattern) {
    this.pattern = pattern;
    this.slashes = slashes(pattern.replaceAll("(?s)\\{\\{.*?}}|\\{%.*?%}", ""));
  }

  /** The path, if a text that was made of the pattern is one that may be written. */
  Optional<Path> of(String made) {
    if (!made.startsWith(written(pattern)) || slashes(made) != slashes) {
      return Optional.empty();
    }
    for (String name : made.substring(1).split("/", -1)) {
      boolean isName = !name.isBlank() && !name.equals(".") && !name.startsWith("..");
      boolean isOurs = name.startsWith(".remora-");
      boolean isLong =
          name.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > NAME_BYTES_MAX;
      if (!isName || isOurs || isLong || name.chars().anyMatch(Character::isISOControl)) {
        return Optional.empty();
      }
    }
    try {
      return Optional.of(Path.of(made));
    } catch (InvalidPathException _) {
      return Optional.empty();
    }
  }

  /** What a pattern begins with, up to the first thing that is evaluated. */
  static String written(String pattern) {
    int brace = pattern.indexOf('{');
    return brace < 0 ? pattern : pattern.substring(0, brace);
  }

  private static int slashes(String text) {
    return (int) text.chars().filter(c -> c == '/').count();
  }
}
