package dev.remora.server.raft;

/**
 * One place of the replicated log (Raft §5.3).
 *
 * @param term the term of the leader that made it; at least 1
 * @param index its place; the first entry has index 1
 * @param kind whom the payload is for
 * @param payload what it carries, may be empty
 */
public record Entry(long term, long index, EntryKind kind, Payload payload) {
  public Entry {
    if (term < 1 || index < 1) {
      throw new IllegalArgumentException("entry with term " + term + " and index " + index);
    }
  }

  /** An entry for the state machine. */
  public Entry(long term, long index, Payload payload) {
    this(term, index, EntryKind.COMMAND, payload);
  }
}
