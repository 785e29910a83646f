package dev.remora.server.replica;

import dev.remora.server.raft.Entry;
import dev.remora.server.raft.Payload;
import java.util.List;

/**
 * The replica's seam to consensus: what is proposed comes back committed, in one order. All calls
 * and call-backs are on the replica's loop.
 */
public interface Consensus {
  /** Hears what is committed. */
  interface Listener {
    /** These entries are durable on a quorum and follow each other without a gap; to be applied. */
    void committed(List<Entry> entries);
  }

  /** Takes payloads for the log, in this order. Never waits. */
  void propose(List<Payload> payloads);
}
