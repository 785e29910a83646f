package dev.remora.agent.render;

/** What the driver must do. At most one effect is outstanding; each is answered by one input. */
public sealed interface Effect {
  /** Evaluate at this revision or a newer one. Answer: {@link Input.Rendered} or not. */
  record Render(long revision) implements Effect {}

  /** Write the rendered content beside the destination. Answer: {@link Input.StageDone}. */
  record Stage(String hash) implements Effect {}

  /** Run the check on the staged content. Answer: {@link Input.CheckDone}. */
  record Check(String hash) implements Effect {}

  /** Make the ledger durable. Answer: {@link Input.LedgerDone}. */
  record SaveLedger(Ledger ledger) implements Effect {}

  /**
   * Keep what is at the destination, then put the staged content in its place. Answer: {@link
   * Input.WriteDone}.
   *
   * @param keeps whether what is there is worth keeping as an earlier version
   */
  record Replace(String hash, boolean keeps) implements Effect {}

  /** Tell the program. Answer: {@link Input.ReloadDone}. */
  record Reload(String hash, int attempt) implements Effect {}

  /** Look if the program works with the new content. Answer: {@link Input.VerifyDone}. */
  record Verify(String hash) implements Effect {}

  /**
   * Put the newest earlier version back in the destination's place. Answer: {@link Input.Restored}.
   *
   * @param hash what is there now, and is not meant
   */
  record Restore(String hash) implements Effect {}

  /** Remove what was staged. It needs no answer. */
  record Discard() implements Effect {}
}
