package dev.remora.server.peer;

/** What came is no frame of ours: the connection is of no use any more. */
final class InvalidFrameException extends Exception {
  private static final long serialVersionUID = 1;

  InvalidFrameException(String problem) {
    super(problem);
  }
}
