package dev.remora.server.storage;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The member's disk cannot be used. The message is one line, for the operator. */
public sealed class StorageException extends Exception permits CorruptLogException {
  private static final long serialVersionUID = 1;

  StorageException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  StorageException(String message) {
    this(message, null);
  }

  /** Says what failed, where and why. */
  static StorageException cannot(String what, IOException cause) {
    String reason =
        switch (cause) {
          case Disk.NoSpaceException _ -> "the disk is full: free some space and start again";
          case java.nio.file.AccessDeniedException denied ->
              "access to " + denied.getFile() + " is denied to this user";
          case java.nio.file.FileSystemException failed when failed.getReason() != null ->
              failed.getFile() + ": " + failed.getReason();
          case IOException other ->
              other.getMessage() == null ? other.toString() : other.getMessage();
        };
    return new StorageException("cannot " + what + ": " + reason, cause);
  }
}
