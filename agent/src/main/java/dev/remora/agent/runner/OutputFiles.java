package dev.remora.agent.runner;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Destinations on disk. Every method blocks; the runner calls them off its context. */
public interface OutputFiles {
  /**
   * A file as it is to be.
   *
   * @param how the template that makes it
   */
  record Output(Path destination, Content content, TemplateSpec how) {}

  /** What a file is to hold. */
  sealed interface Content {
    /** A text, as UTF-8. */
    record Text(String text) implements Content {}

    /** What another file holds. */
    record Copy(Path from) implements Content {}
  }

  /** SHA-256 in lower-case hex of the file as it is, or empty if there is none. */
  Optional<String> hash(Path destination) throws IOException;

  /** The file's text as it is, for a diff, or empty if there is none. */
  Optional<String> text(Path destination) throws IOException;

  /**
   * Writes what is to be beside the destinations, with final modes and owners, fsynced. Nothing of
   * it is left if that fails.
   *
   * @param stale files of the group that are not to be any more
   * @param isDirectory whether a directory with all the files is made too, for a check
   */
  Staged stage(List<Output> outputs, List<Path> stale, boolean isDirectory) throws IOException;

  /**
   * Why a file is not what its format asks for, without a word of what it holds; empty if all are.
   */
  Optional<String> malformed(List<Output> outputs) throws IOException;

  /**
   * Puts the staged files in the destinations' places and removes the stale ones, durably. The old
   * files stand if it fails.
   */
  void replace(Staged staged) throws IOException;

  /** Removes staged files that are not wanted. Missing ones are no failure. */
  void discard(Staged staged) throws IOException;

  /** Gives files that hold what they should the modes and owners they should have. */
  void dress(List<Output> outputs) throws IOException;

  /**
   * Staged files: those that differ from what is at their destinations.
   *
   * @param checked what a check is given: the only staged file, or the directory of all
   */
  record Staged(List<StagedFile> files, List<Path> stale, Path checked) {
    public Staged {
      files = List.copyOf(files);
      stale = List.copyOf(stale);
    }
  }

  /** A staged file; {@code path} is where it lies now. */
  record StagedFile(Path path, Output output) {}
}
