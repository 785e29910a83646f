package dev.remora.agent.runner;

import dev.remora.agent.render.Ledger;
import java.io.IOException;
import java.util.Optional;

/** The ledgers of the groups on disk. Both methods block. */
public interface LedgerStore {
  /**
   * What is remembered of a group: empty if it never wrote anything, {@link Ledger#UNKNOWN} if it
   * may have and the record cannot be read.
   */
  Optional<Ledger> load(String group) throws IOException;

  /** Remembers it, durably before it returns. */
  void save(String group, Ledger ledger) throws IOException;
}
