package dev.remora.server;

/** The server cannot start; the message is for its operator. */
final class StartException extends Exception {
  StartException(String message) {
    super(message);
  }

  StartException(String message, Throwable cause) {
    super(message, cause);
  }
}
