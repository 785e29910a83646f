package dev.remora.agent.runner;

import dev.remora.agent.view.KeyRange;
import dev.remora.agent.view.KeyValue;
import java.io.IOException;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The view on disk, for a start without the registry. Both methods block. */
public interface ViewStore {
  /** What was saved last; empty if nothing usable was. */
  Optional<Saved> load() throws IOException;

  /** Replaces what was saved. */
  void save(Saved saved) throws IOException;

  /** The content of all ranges at a time. */
  record Saved(Instant at, Map<KeyRange, List<KeyValue>> ranges) {
    public Saved {
      ranges = Collections.unmodifiableMap(new TreeMap<>(ranges));
    }
  }
}
