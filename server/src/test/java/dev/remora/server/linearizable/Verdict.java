package dev.remora.server.linearizable;

/** What a check has found. */
public sealed interface Verdict {
  /** There is an order that explains every answer. */
  record Linearizable() implements Verdict {}

  /**
   * There is none.
   *
   * @param explanation for a person, several lines
   */
  record Violation(String explanation) implements Verdict {}

  /** The search was given up at its bound; {@code explanation} says where. */
  record Undecided(String explanation) implements Verdict {}
}
