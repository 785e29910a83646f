/**
 * The member's disk: the write-ahead log in segments, the snapshots, and the directory they lie in.
 *
 * <p><b>Enter by</b> {@link dev.remora.server.storage.DataDirectory#open}, then {@link
 * dev.remora.server.storage.SnapshotDirectory#open}, then {@link
 * dev.remora.server.storage.WriteAheadLog#open}, which goes on from the snapshot.
 *
 * <p><b>Decided here</b>: what a record looks like ({@code RecordFormat}), in what order things
 * become durable ({@code WriteAheadLog}, {@code PreparedSegment}), and what a damaged file means
 * ({@code LogRecovery}: a torn tail is cut, everything else is refused; {@code SnapshotDirectory}:
 * an older snapshot is taken instead).
 *
 * <p><b>Inside</b> every touch of the disk goes through {@link dev.remora.server.storage.Disk}, and
 * every thread through {@link dev.remora.server.storage.LogThreads}, so that a simulation can stand
 * in for both. A failed write or flush is never retried.
 *
 * <p><b>The caller owes</b>: no interrupts to the log's threads (they close a file channel).
 *
 * <p><b>Words</b>: segment, record, batch (what one flush makes durable), torn (cut off by a
 * crash).
 */
@NullMarked
package dev.remora.server.storage;

import org.jspecify.annotations.NullMarked;
