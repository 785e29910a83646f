package dev.remora.agent.runner;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Earlier versions of the groups' files. Every method blocks. */
public interface BackupStore {
  /**
   * A file of an earlier version.
   *
   * @param copy what it held
   * @param template place of the template that made it in its group, from 0
   */
  record Kept(Path destination, Path copy, int template) {}

  /** An earlier version; {@code hash} is that of the whole. */
  record Version(Path directory, String hash, List<Kept> files) {
    public Version {
      files = List.copyOf(files);
    }
  }

  /**
   * Keeps the files as they are now, durably, and forgets the oldest versions beyond {@code max}.
   *
   * @param files with the copy's path being the file itself
   */
  void keep(String group, int max, String hash, List<Kept> files) throws IOException;

  /** The newest version that is another than this one. */
  Optional<Version> newest(String group, String notHash) throws IOException;

  /** How many are kept. */
  int count(String group) throws IOException;

  /** Forgets a version. */
  void forget(Version version) throws IOException;
}
