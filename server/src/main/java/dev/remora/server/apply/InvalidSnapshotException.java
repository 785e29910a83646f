package dev.remora.server.apply;

import org.jspecify.annotations.Nullable;

/** What should be a snapshot's content is not; the message says where it fails. */
public final class InvalidSnapshotException extends Exception {
  private static final long serialVersionUID = 1;

  InvalidSnapshotException(String message) {
    this(message, null);
  }

  InvalidSnapshotException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
