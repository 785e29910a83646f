package dev.remora.server.replica;

/**
 * What a {@link LogStore} reports unasked. Called on a thread of the store: an implementation posts
 * to where it lives.
 */
public interface LogStoreEvents {
  /**
   * A write or a flush has failed, or an invariant is broken. Told once. From now on nothing is
   * written and no {@code onDurable} is run: what the disk holds is unknown, and only a restart,
   * which reads it again, can tell. The process is to be halted.
   */
  void failed(Exception cause);

  /**
   * Room for further log cannot be had, as a rule because the disk is full. What fits in the
   * current segment is still written; then writes wait. New proposals should be refused. The store
   * goes on trying; the same trouble is told only once.
   */
  void spaceExhausted(String reason);

  /** Room was found again after {@link #spaceExhausted}. */
  void spaceRegained();
}
