/**
 * Registration: what the agent keeps in the registry, and under which lease.
 *
 * <p><b>Enter by</b> {@link dev.remora.agent.service.Registration#step}. One input in, the effects
 * to perform out.
 *
 * <p><b>Inside</b> there is no socket, clock or thread: time is a {@code now} argument, chance an
 * injected {@link java.util.random.RandomGenerator}.
 *
 * <p><b>The caller owes</b> three things: call from one thread; make a new lease id durable before
 * anything is put under it; perform the effects in their order and report how each ended.
 *
 * <p><b>Words:</b> a <i>record</i> is one key below {@code /services/} or {@code /nodes/}; a
 * <i>ghost</i> is a record left by an earlier life of this agent.
 */
@NullMarked
package dev.remora.agent.service;

import org.jspecify.annotations.NullMarked;
