package dev.remora.server.api.v2;

import dev.remora.server.mvcc.Bytes;
import dev.remora.server.tree.TreeError;

/**
 * An error of {@code /v2/keys}, as etcd numbers and words it.
 *
 * @param code which
 * @param cause etcd's cause; empty for none
 * @param index the store's index, or 0 if the store was not asked
 */
record KeysError(Code code, Bytes cause, long index) {
  /** The errors, with etcd's number, HTTP status and message. */
  enum Code {
    KEY_NOT_FOUND(100, 404, "Key not found"),
    COMPARE_FAILED(101, 412, "Compare failed"),
    NOT_A_FILE(102, 403, "Not a file"),
    NOT_A_DIRECTORY(104, 400, "Not a directory"),
    ALREADY_EXISTS(105, 412, "Key already exists"),
    ROOT_READ_ONLY(107, 400, "Root is read only"),
    DIRECTORY_NOT_EMPTY(108, 403, "Directory not empty"),
    UNAUTHORISED(110, 401, "The request requires user authentication"),
    TOO_MANY_REQUESTS(300, 429, "Raft Internal Error"),
    PREV_VALUE_REQUIRED(201, 400, "PrevValue is Required in POST form"),
    TTL_NOT_A_NUMBER(202, 400, "The given TTL in POST form is not a number"),
    INDEX_NOT_A_NUMBER(203, 400, "The given index in POST form is not a number"),
    INVALID_FIELD(209, 400, "Invalid field"),
    INVALID_FORM(210, 400, "Invalid POST form"),
    REFRESH_VALUE(211, 400, "Value provided on refresh"),
    REFRESH_TTL_REQUIRED(212, 400, "A TTL must be provided on refresh"),
    RAFT_INTERNAL(300, 500, "Raft Internal Error"),
    EVENT_INDEX_CLEARED(401, 400, "The event in requested index is outdated and cleared");

    private final int number;
    private final int status;
    private final String message;

    Code(int number, int status, String message) {
      this.number = number;
      this.status = status;
      this.message = message;
    }

    int number() {
      return number;
    }

    int status() {
      return status;
    }

    String message() {
      return message;
    }
  }

  /** An error found before the store was asked. */
  static KeysError before(Code code, String cause) {
    return new KeysError(code, Bytes.utf8(cause), 0);
  }

  /** A refusal by the store. */
  static KeysError of(TreeError error, Bytes cause, long index) {
    Code code =
        switch (error) {
          case KEY_NOT_FOUND -> Code.KEY_NOT_FOUND;
          case COMPARE_FAILED -> Code.COMPARE_FAILED;
          case NOT_A_FILE -> Code.NOT_A_FILE;
          case NOT_A_DIRECTORY -> Code.NOT_A_DIRECTORY;
          case ALREADY_EXISTS -> Code.ALREADY_EXISTS;
          case ROOT_READ_ONLY -> Code.ROOT_READ_ONLY;
          case DIRECTORY_NOT_EMPTY -> Code.DIRECTORY_NOT_EMPTY;
        };
    return new KeysError(code, cause, index);
  }
}
