package dev.remora.agent.template;

import io.pebbletemplates.pebble.error.PebbleException;

/** Ends an evaluation for a reason that is safe to show: it holds no value. */
final class RefusedException extends PebbleException {
  private static final long serialVersionUID = 1L;

  RefusedException(String reason, String file, int line) {
    super(null, reason, line, file);
  }
}
