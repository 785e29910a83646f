package dev.remora.server.replica;

/** What a client is told that asks for a lease's time, or for more of it. */
public sealed interface LeaseAnswer {
  /**
   * The lease lives.
   *
   * @param seconds what it still has, or has again
   */
  record Alive(long seconds) implements LeaseAnswer {}

  /** There is no such lease, or it has run out. */
  record Unknown() implements LeaseAnswer {}

  /** No leader answered in time; a lease may or may not have got its TTL again. */
  record Failed(Answer.Reason reason) implements LeaseAnswer {}
}
