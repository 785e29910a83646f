package dev.remora.agent.runner;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one group renders, and what is done with it.
 *
 * @param source the template's file
 * @param destination the file it makes
 * @param mode permission bits, or null for those of the existing file, else 0644
 * @param check run on the staged file before it replaces the old one; empty for none
 * @param reload run after the file was replaced, until it succeeds; empty for none
 * @param settleMin quiet time awaited after a change; each further change begins it anew
 * @param settleMax longest time a change is held back
 */
public record GroupSpec(
    Path source,
    Path destination,
    @Nullable Integer mode,
    List<String> check,
    Duration checkTimeout,
    List<String> reload,
    Duration reloadTimeout,
    Duration settleMin,
    Duration settleMax) {
  public GroupSpec {
    check = List.copyOf(check);
    reload = List.copyOf(reload);
  }

  /** The group's name: that of its only file. */
  public String name() {
    return destination.toString();
  }
}
