package dev.remora.server.api.v3;

/** JSON that is malformed, or not of the form of the message; the text says why, as etcd does. */
public final class JsonException extends Exception {
  /** With what is wrong. */
  public JsonException(String message) {
    super(message);
  }
}
