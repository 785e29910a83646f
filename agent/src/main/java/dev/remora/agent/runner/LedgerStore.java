package dev.remora.agent.runner;

import dev.remora.agent.render.Ledger;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The ledgers of the groups on disk. Both methods block. */
public interface LedgerStore {
  /**
   * What is remembered of a group.
   *
   * @param made the files that were made of items of a {@code for_each}: those and no others are
   *     removed when they are made no longer
   * @param settings hash of the group's settings, by which a quarantine is lifted when they change
   */
  record Saved(Ledger ledger, List<Path> made, String settings) {
    /** Nothing is known, though something may have been written. */
    public static final Saved UNKNOWN = new Saved(Ledger.UNKNOWN, List.of(), "");

    public Saved {
      made = List.copyOf(made);
    }
  }

  /**
   * What is remembered of a group: empty if it never wrote anything, {@link Saved#UNKNOWN} if it
   * may have and the record cannot be read.
   */
  Optional<Saved> load(String group) throws IOException;

  /** Remembers it, durably before it returns. */
  void save(String group, Saved saved) throws IOException;
}
