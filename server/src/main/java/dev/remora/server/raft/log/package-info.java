/**
 * The log in memory: entries from the newest compaction on, and how far they are durable,
 * committed, handed out and applied.
 *
 * <p><b>Enter by</b> {@link dev.remora.server.raft.log.RaftLog}.
 */
@NullMarked
package dev.remora.server.raft.log;

import org.jspecify.annotations.NullMarked;
