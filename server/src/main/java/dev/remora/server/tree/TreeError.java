package dev.remora.server.tree;

/** Why v2 refuses an operation on a path, by etcd's error codes. */
public enum TreeError {
  /** The path, or a directory on the way to it, does not exist. */
  KEY_NOT_FOUND(100),
  /** The value or index is not the one the request named. */
  COMPARE_FAILED(101),
  /** A file was needed, and the path is a directory. */
  NOT_A_FILE(102),
  /** A file is in the way. */
  NOT_A_DIRECTORY(104),
  /** The path exists already. */
  ALREADY_EXISTS(105),
  /** The root cannot be changed. */
  ROOT_READ_ONLY(107),
  /** A directory that is not empty needs {@code recursive}. */
  DIRECTORY_NOT_EMPTY(108);

  private final int code;

  TreeError(int code) {
    this.code = code;
  }

  /** etcd's number. */
  public int code() {
    return code;
  }
}
