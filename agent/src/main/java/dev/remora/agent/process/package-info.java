/**
 * Processes: programs the agent runs for a check, a reload or a watch.
 *
 * <p><b>Enter by</b> {@link dev.remora.agent.process.ProcessCommands}.
 *
 * <p><b>Promised:</b> the caller never waits; arguments reach the program as they are, never
 * through a shell; at the timeout the program dies with all it has started.
 */
@NullMarked
package dev.remora.agent.process;

import org.jspecify.annotations.NullMarked;
