/**
 * Rendering: the states of one group, from a changed value to a program that acknowledged it.
 *
 * <p><b>Enter by</b> {@link dev.remora.agent.render.Group#step}. One input in, the effects to carry
 * out, in order, out.
 *
 * <p><b>Inside</b> there is no file, no clock, no thread: time is an argument, chance an injected
 * {@link java.util.random.RandomGenerator}, and the text itself stays with the driver, the core
 * knows only hashes.
 *
 * <p><b>The caller owes</b> three things: carry out effects in order and report each exactly once;
 * {@link dev.remora.agent.render.Effect.SaveLedger} is durable before it is reported; feed a {@link
 * dev.remora.agent.render.Input.Tick} no later than {@link
 * dev.remora.agent.render.Group#nextDeadline} asks.
 *
 * <p><b>Words:</b> a <i>group</i> is what is checked and reloaded together. A reload is <i>owed</i>
 * while what is written was not acknowledged; it is <i>acknowledged</i> when the reload succeeded.
 */
@NullMarked
package dev.remora.agent.render;

import org.jspecify.annotations.NullMarked;
