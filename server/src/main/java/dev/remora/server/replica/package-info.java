/**
 * The single writer of a member: takes proposals, has them committed, applies them, publishes the
 * state, answers. Here are its ports, too: what it asks of the edges, as interfaces that they
 * implement.
 *
 * <p><b>Enter by</b> {@link dev.remora.server.replica.Door}, what another event loop may ask;
 * {@link dev.remora.server.replica.Replica}, behind it; {@link dev.remora.server.replica.RaftNode},
 * which does what {@link dev.remora.server.raft.RaftCore} says. <b>The ports</b>: {@link
 * dev.remora.server.replica.LogStore} the durable log, {@link
 * dev.remora.server.replica.LogStoreEvents} what the log reports of its own accord, {@link
 * dev.remora.server.replica.SnapshotStore} where snapshots go, {@link
 * dev.remora.server.replica.Transport} the way to the other members, and clocks and timers.
 *
 * <p><b>Threads</b>: the replica runs on one event loop and calls every port from there; no port
 * may block it. It knows the loop as an executor only, so a simulation runs it as it is.
 */
@NullMarked
package dev.remora.server.replica;

import org.jspecify.annotations.NullMarked;
