package dev.remora.agent.runner;

import java.io.IOException;
import java.util.List;

/** The ids of the leases this agent has held, on disk. Both methods block. */
public interface LeaseStore {
  /** The remembered ids, oldest first; empty at the first start. */
  List<Long> load() throws IOException;

  /** Remembers these and forgets all others, durably before it returns. */
  void save(List<Long> leases) throws IOException;
}
