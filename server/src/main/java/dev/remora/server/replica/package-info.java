/**
 * The single writer of a member. Here are its ports: what it asks of the edges, as interfaces that
 * they implement.
 *
 * <p><b>Enter by</b> {@link dev.remora.server.replica.LogStore}, the durable log, and {@link
 * dev.remora.server.replica.LogStoreEvents}, what the log reports of its own accord, {@link
 * dev.remora.server.replica.SnapshotStore}, where snapshots go.
 *
 * <p><b>Threads</b>: the replica runs on one event loop and calls every port from there; no port
 * may block it.
 */
@NullMarked
package dev.remora.server.replica;

import org.jspecify.annotations.NullMarked;
