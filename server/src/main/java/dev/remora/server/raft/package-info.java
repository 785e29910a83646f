/**
 * Consensus: who leads, and which log entries are committed.
 *
 * <p><b>Here so far</b> are the words that the log is written in: {@link
 * dev.remora.server.raft.Entry}, its {@link dev.remora.server.raft.Payload}, and {@link
 * dev.remora.server.raft.HardState}.
 *
 * <p><b>Inside</b> there is no clock, no thread, no file and no socket. {@code ArchitectureTest}
 * keeps it so.
 *
 * <p><b>Words</b> follow the Raft paper (Ongaro and Ousterhout, 2014, §5) and etcd: term, vote,
 * index, commit.
 */
@NullMarked
package dev.remora.server.raft;

import org.jspecify.annotations.NullMarked;
