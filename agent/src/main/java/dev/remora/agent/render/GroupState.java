package dev.remora.agent.render;

/** Where a group stands, for status and logs. */
public sealed interface GroupState {
  /** Nothing was rendered yet, or a key is missing; the reason says which. */
  record Waiting(String reason) implements GroupState {}

  /** A change waits for more changes until the given time. */
  record Held(long untilMillis) implements GroupState {}

  /** The template is being evaluated. */
  record Rendering() implements GroupState {}

  /** New content is being staged and checked. */
  record Checking() implements GroupState {}

  /** Checked content is being put in place. */
  record Writing() implements GroupState {}

  /** The program is being told. */
  record Reloading(int attempt) implements GroupState {}

  /** Something failed that is tried again at the given time. A reload may be owed. */
  record Retrying(String reason, boolean isReloadOwed, long atMillis) implements GroupState {}

  /** The destination has the desired content, and the program acknowledged it. */
  record InSync(String hash) implements GroupState {}

  /** Something failed that only a change can mend. The last good file stands. */
  record Failed(String reason) implements GroupState {}
}
