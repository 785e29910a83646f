package dev.remora.agent.template;

import io.pebbletemplates.pebble.error.AttributeNotFoundException;

/**
 * A key is not in the registry. It descends from Pebble's exception for a missing name, so that
 * {@code key("/x") | default("y")} works as a reader expects.
 */
final class MissingKeyException extends AttributeNotFoundException {
  private static final long serialVersionUID = 1L;

  private final String key;

  MissingKeyException(String key, String file, int line) {
    super(null, "key " + key + " is missing", key, line, file);
    this.key = key;
  }

  String key() {
    return key;
  }
}
