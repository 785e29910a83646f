/**
 * The deterministic simulation: a whole group of members in one thread, over a made-up network,
 * made-up disks and made-up time, with faults that one seed decides.
 *
 * <p><b>Enter by</b> {@link dev.remora.server.simulation.Simulation}, one seed's run.
 *
 * <p><b>Decided here</b>: what may go wrong ({@code Swarm}, {@code Plan}), what must hold
 * nevertheless ({@code Invariant} and the checks that throw {@code Violation}), and which rare
 * situations a large run must have seen ({@code Mark}).
 *
 * <p><b>Inside</b> there is one thread, one queue ordered by time and sequence ({@code Scheduler})
 * and one generator. Whatever iterates over a hash or asks the real clock breaks it: the trace's
 * hash tells.
 */
@NullMarked
package dev.remora.server.simulation;

import org.jspecify.annotations.NullMarked;
