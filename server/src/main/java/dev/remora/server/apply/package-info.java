/**
 * From a committed entry to the state: the one place where the keyspace, the tree and the leases
 * are changed together.
 *
 * <p><b>Enter by</b> {@link dev.remora.server.apply.Applier#apply}: one {@link
 * dev.remora.server.apply.Command} in, one {@link dev.remora.server.apply.Outcome} out.
 *
 * <p><b>Invariant</b>: the state and the outcome follow from the state before and the command
 * alone, the same on every member. No clock, no chance, no setting that may differ between members.
 *
 * <p><b>The caller owes</b>: commands in the order of the log, each once.
 */
@NullMarked
package dev.remora.server.apply;

import org.jspecify.annotations.NullMarked;
