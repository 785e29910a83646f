package dev.remora.agent.render;

import org.jspecify.annotations.Nullable;

/** The effect a group waits for, and what it must know when that is done. */
sealed interface Step {
  /** Nothing is outstanding. */
  record Idle() implements Step {}

  record Rendering() implements Step {}

  record Staging(String hash) implements Step {}

  record Checking(String hash) implements Step {}

  /** The intent is being made durable, before the rename. */
  record Recording(Ledger ledger) implements Step {}

  record Replacing(String hash) implements Step {}

  /** A reload is owed for what lies at the destination already; that is being made durable. */
  record Owing(Ledger ledger) implements Step {}

  record Reloading(@Nullable String hash, int attempt) implements Step {}

  record Verifying(String hash) implements Step {}

  /** What is to be taken back is being recorded as such. */
  record Quarantining(Ledger ledger) implements Step {}

  record Restoring(String hash) implements Step {}

  /**
   * The earlier version is in place, and the program has to be told; that is being made durable.
   */
  record Returning(Ledger ledger) implements Step {}

  /** The program has what is written; that is being made durable. */
  record Acknowledging(Ledger ledger) implements Step {}
}
