package dev.remora.server.replica;

/**
 * Who leads, as this member knows.
 *
 * @param leader its id; 0 if none is known
 * @param term this member's
 */
public record Leadership(long leader, long term) {
  static final Leadership NONE = new Leadership(0, 0);
}
