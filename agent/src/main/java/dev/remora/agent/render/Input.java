package dev.remora.agent.render;

import org.jspecify.annotations.Nullable;

/** Everything that can happen to a group. */
public sealed interface Input {
  /** Something the group depends on changed, or may have, at this revision. */
  record Dirty(long revision) implements Input {}

  /** Time has passed. */
  record Tick() implements Input {}

  /**
   * {@link Effect.Render} is done.
   *
   * @param hash of the new content
   * @param onDisk hash of the destination as it is now, or null if there is no file
   * @param isFrozen whether nothing new is to be written now; the end of that is a {@link Dirty}
   */
  record Rendered(String hash, @Nullable String onDisk, boolean isFrozen) implements Input {
    /** Nothing is frozen. */
    public Rendered(String hash, @Nullable String onDisk) {
      this(hash, onDisk, false);
    }
  }

  /**
   * {@link Effect.Render} gave no content. It is not tried again before the next {@link Dirty},
   * unless {@code isTransient}: the registry was away, or a disk could not be read.
   */
  record NotRendered(String reason, boolean isMissing, boolean isTransient) implements Input {}

  /** {@link Effect.Stage} is done, or why not. */
  record StageDone(@Nullable String failure) implements Input {}

  /** {@link Effect.Check} passed, or why not. */
  record CheckDone(@Nullable String failure) implements Input {}

  /** {@link Effect.SaveLedger} is durable, or why not. */
  record LedgerDone(@Nullable String failure) implements Input {}

  /** {@link Effect.Replace} is durable, or why not; after a failure the old file stands. */
  record WriteDone(@Nullable String failure) implements Input {}

  /** {@link Effect.Reload} succeeded, or why not. */
  record ReloadDone(@Nullable String failure) implements Input {}

  /** {@link Effect.Verify} found that the program works, or why not. */
  record VerifyDone(@Nullable String failure) implements Input {}

  /**
   * {@link Effect.Restore} is durable, or why not.
   *
   * @param hash what is at the destination now; null if there is no earlier version
   */
  record Restored(@Nullable String hash, @Nullable String failure) implements Input {}

  /** A person wants the earlier version back. */
  record Rollback() implements Input {}
}
