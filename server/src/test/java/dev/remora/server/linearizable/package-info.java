/**
 * Whether a recorded history could have been that of one copy of the data, touched by one client at
 * a time (linearizability; Herlihy and Wing, 1990).
 *
 * <p><b>Enter by</b> {@link dev.remora.server.linearizable.History}, which records, then by {@link
 * dev.remora.server.linearizable.Linearizability} (any model; slow in the worst case) or {@link
 * dev.remora.server.linearizable.RevisionOrder} (when every answer has a revision; fast).
 *
 * <p><b>Trusted</b> since {@code RecordedHistoriesTest} repeats the verdicts of histories that
 * others have recorded, and {@code LinearizabilityTest} those of a search through all orders.
 *
 * <p><b>Words</b>: an operation is <i>open</i> while its outcome is unknown. It may take effect at
 * any time after its invocation, or never.
 */
@NullMarked
package dev.remora.server.linearizable;

import org.jspecify.annotations.NullMarked;
