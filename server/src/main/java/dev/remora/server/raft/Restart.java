package dev.remora.server.raft;

import java.util.List;

/**
 * What a member remembers when it starts.
 *
 * <p>The first members of a group begin with a {@code snapshot} of an empty state machine that has
 * an index of at least 1 and names them all. So whoever joins later, with {@link
 * SnapshotMeta#NONE}, is always sent a snapshot first, and has the configuration from it.
 *
 * @param hard the last hard state
 * @param snapshot what the log follows: the state machine has been restored from it
 * @param entries the log, from {@code snapshot.index() + 1} on without a gap
 */
public record Restart(HardState hard, SnapshotMeta snapshot, List<Entry> entries) {}
