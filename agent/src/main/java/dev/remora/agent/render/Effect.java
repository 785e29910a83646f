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

  /** Put the staged content in the destination's place. Answer: {@link Input.WriteDone}. */
  record Replace(String hash) implements Effect {}

  /** Tell the program. Answer: {@link Input.ReloadDone}. */
  record Reload(String hash, int attempt) implements Effect {}

  /** Remove what was staged. It needs no answer. */
  record Discard() implements Effect {}
}
