package dev.remora.agent.runner;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Destinations on disk. Every method blocks; the runner calls them off its context. */
public interface OutputFiles {
  /** SHA-256 in lower-case hex of the file as it is, or empty if there is none. */
  Optional<String> hash(Path destination) throws IOException;

  /** The file's text as it is, for a diff, or empty if there is none. */
  Optional<String> text(Path destination) throws IOException;

  /**
   * Writes the text to a fresh file beside the destination, with its final mode and owner, fsynced.
   *
   * @param mode octal permission bits such as {@code 0640}, or null for the existing file's mode,
   *     else 0644
   */
  Staged stage(Path destination, String text, @Nullable Integer mode) throws IOException;

  /** Puts the staged file in the destination's place, durably. The old file stands if it fails. */
  void replace(Staged staged) throws IOException;

  /** Removes a staged file that is not wanted. A missing one is no failure. */
  void discard(Staged staged) throws IOException;

  /** A staged file. */
  record Staged(Path path, Path destination) {}
}
