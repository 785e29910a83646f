package dev.remora.agent.runner;

import java.io.IOException;
import java.util.SortedMap;

/** The services that were registered through the local API, on disk. Both methods block. */
public interface ServiceStore {
  /** The definitions by id, as they were given; empty if there are none. */
  SortedMap<String, String> load() throws IOException;

  /** Remembers these and forgets all others, durably before it returns. */
  void save(SortedMap<String, String> definitions) throws IOException;
}
