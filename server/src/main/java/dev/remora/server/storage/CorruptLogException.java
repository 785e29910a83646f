package dev.remora.server.storage;

import java.nio.file.Path;

/**
 * The log is damaged in a way that no crash explains. To go on could mean to have forgotten a vote
 * or an acknowledged entry, so the member must not start with it.
 */
public final class CorruptLogException extends StorageException {
  private static final long serialVersionUID = 1;

  private static final String REMEDY =
      "; refusing to start. A single member: restore a backup into a new --data-dir."
          + " A member of a cluster: remove it from the cluster, empty its --data-dir,"
          + " and add it again as a learner";

  CorruptLogException(Path file, String what) {
    super(file + ": " + what + REMEDY);
  }

  CorruptLogException(Path file, long offset, String what) {
    super(file + " at byte " + offset + ": " + what + REMEDY);
  }
}
