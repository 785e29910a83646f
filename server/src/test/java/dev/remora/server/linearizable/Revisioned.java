package dev.remora.server.linearizable;

/**
 * An answer with its place in the order of all changes.
 *
 * @param revision of the state that was seen; for a change, of the state it made
 */
public record Revisioned<O>(long revision, Kind kind, O output) {
  /** What an operation was, as its answer tells. */
  public enum Kind {
    /** It made a revision of its own. */
    CHANGE,
    /** It saw the newest state; so does a change that found nothing to change. */
    READ,
    /** It saw a state that may have been old. */
    SERIALIZABLE_READ
  }
}
