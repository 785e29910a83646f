package dev.remora.server.raft;

import java.util.List;

/**
 * What a member remembers when it starts.
 *
 * @param hard the last hard state
 * @param snapshot what the log follows: the state machine has been restored from it
 * @param entries the log, from {@code snapshot.index() + 1} on without a gap
 */
public record Restart(HardState hard, SnapshotMeta snapshot, List<Entry> entries) {}
