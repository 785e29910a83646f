package dev.remora.agent.render;

/** Where a group stands, for status and logs. */
public sealed interface GroupState {
  /** Nothing was rendered yet, or a key is missing; the reason says which. */
  record Waiting(String reason) implements GroupState {}

  /** A change waits for more changes until the given time. */
  record Held(long untilMillis) implements GroupState {}

  /** A change waits since too many went out lately; the newest goes out at the given time. */
  record Throttled(long untilMillis) implements GroupState {}

  /** A change waits until the freeze is over. */
  record Frozen() implements GroupState {}

  /** The template is being evaluated. */
  record Rendering() implements GroupState {}

  /** New content is being staged and checked. */
  record Checking() implements GroupState {}

  /** Checked content is being put in place. */
  record Writing() implements GroupState {}

  /** The program is being told. */
  record Reloading(int attempt) implements GroupState {}

  /** It is being looked whether the program works with the new content. */
  record Verifying() implements GroupState {}

  /** The earlier version is being put back. */
  record Returning() implements GroupState {}

  /** Something failed that is tried again at the given time. A reload may be owed. */
  record Retrying(String reason, boolean isReloadOwed, long atMillis) implements GroupState {}

  /** The destination has the desired content, and the program acknowledged it. */
  record InSync(String hash) implements GroupState {}

  /** The desired content is not tried again until it changes; the earlier one is in its place. */
  record Quarantined(String hash, String reason) implements GroupState {}

  /** Something failed that only a change can mend. The last good file stands. */
  record Failed(String reason) implements GroupState {}
}
