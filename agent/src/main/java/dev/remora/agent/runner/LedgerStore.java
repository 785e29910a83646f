package dev.remora.agent.runner;

import dev.remora.agent.render.Ledger;
import java.io.IOException;

/** The ledgers of the groups on disk. Both methods block. */
public interface LedgerStore {
  /** What is remembered of a group; {@link Ledger#UNKNOWN} if nothing or nothing readable is. */
  Ledger load(String group) throws IOException;

  /** Remembers it, durably before it returns. */
  void save(String group, Ledger ledger) throws IOException;
}
