package dev.remora.torture.client;

import java.io.IOException;

/** A request did not leave: there was no connection to send it on. */
public final class NotSentException extends IOException {
  NotSentException(IOException cause) {
    super(String.valueOf(cause.getMessage()), cause);
  }
}
