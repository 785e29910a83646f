/**
 * The runner: the single writer of the agent. It feeds registry answers, timers and ended commands
 * to the cores, and does in order what they ask for.
 *
 * <p><b>Enter by</b> {@link dev.remora.agent.runner.Agent} for the daemon and {@link
 * dev.remora.agent.runner.SingleRender} for one pass.
 *
 * <p><b>It owns the ports</b> that the edges implement: {@link dev.remora.agent.runner.Registry},
 * {@link dev.remora.agent.runner.Commands}, {@link dev.remora.agent.runner.OutputFiles}, {@link
 * dev.remora.agent.runner.LedgerStore} and {@link dev.remora.agent.runner.LeaseStore}.
 *
 * <p><b>Threads:</b> everything runs on one Vert.x event-loop context. What blocks (files) is done
 * on a worker, what lasts (commands) elsewhere; both come back as an input.
 *
 * <p><b>Words:</b> a <i>group</i> is a template with its destination, check and reload.
 */
@NullMarked
package dev.remora.agent.runner;

import org.jspecify.annotations.NullMarked;
