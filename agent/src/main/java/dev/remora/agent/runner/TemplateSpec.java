package dev.remora.agent.runner;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One template of a group and the file, or files, it makes.
 *
 * @param source the template's file
 * @param destination the file it makes; with {@code forEach} a text of the template language that
 *     names one file for each item
 * @param mode permission bits, or null for those of the existing file, else 0644, or 0600 of a
 *     sensitive one
 * @param owner name or number of the owner, or null for that of the existing file
 * @param group name or number of the group, or null for that of the existing file
 * @param isSensitive whether what it makes is shown to nobody but the file's owner
 * @param forEach what it is evaluated for again and again, or null for one file
 */
public record TemplateSpec(
    Path source,
    String destination,
    @Nullable Integer mode,
    @Nullable String owner,
    @Nullable String group,
    Format format,
    boolean isSensitive,
    Write write,
    @Nullable ForEach forEach) {

  /** What a file must be to be believed. */
  public enum Format {
    ANY,
    JSON,
    YAML,
    TOML,
    XML,
    PROPERTIES
  }

  /** How a file gets to its place. */
  public enum Write {
    /** A rename over the old file; in place where that is a mount of its own. */
    RENAME,
    /** Into the old file: its inode stays. */
    INPLACE,
    /** With all others of its directory at once, by a link as of a ConfigMap volume. */
    SYMLINK_DIR
  }

  /**
   * What a template makes a file of each of.
   *
   * @param as the item's name in the template
   * @param in an expression of the template language that gives a list
   */
  public record ForEach(String as, String in) {}

  /** The file it makes, where it makes one. */
  public Path path() {
    if (forEach != null) {
      throw new IllegalStateException("many files: " + destination);
    }
    return Path.of(destination);
  }
}
