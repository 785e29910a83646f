package dev.remora.server.api.v3;

/** JSON that is malformed, or not of the form of the message; the text says why, as etcd does. */
final class JsonException extends Exception {
  JsonException(String message) {
    super(message);
  }
}
