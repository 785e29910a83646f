/**
 * Consensus: who leads, and which log entries are committed.
 *
 * <p><b>Enter by</b> {@link dev.remora.server.raft.RaftCore}: messages, ticks and proposals go in,
 * a {@link dev.remora.server.raft.Ready} comes out. {@code Election}, {@code Replication}, {@code
 * Following}, {@code Reads}, {@code Transfer} and {@code Reconfiguration} decide; {@code quorum},
 * {@code progress}, {@code log} and {@code membership} are what they count with.
 *
 * <p><b>Inside</b> there is no clock, no thread, no file and no socket. {@code ArchitectureTest}
 * keeps it so.
 *
 * <p><b>The caller owes</b>: one thread; what a Ready gives to store, in order, before what it
 * promises leaves; every committed entry applied once; a word on every snapshot it sends.
 *
 * <p><b>Words</b> follow the Raft paper (Ongaro and Ousterhout, 2014, §5) and etcd: term, vote,
 * index, commit.
 */
@NullMarked
package dev.remora.server.raft;

import org.jspecify.annotations.NullMarked;
