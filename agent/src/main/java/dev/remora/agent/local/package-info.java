/**
 * The local API: what programs of this host ask of the agent, as JSON over HTTP.
 *
 * <p><b>Enter by</b> {@link dev.remora.agent.local.LocalServer}.
 *
 * <p><b>Rules:</b> nothing here waits for the registry unless the request says how long; what is
 * shown while it is away says so in {@code X-Remora-Age}. Bodies, waits and waiting requests are
 * bounded, and the refusal says by what. A request that a web page of another site could send is
 * refused: the API asks for no password.
 *
 * <p><b>Words:</b> a <i>service</i> below {@code /v1/services} is the registry's, one below {@code
 * /v1/agent/services} is of this agent.
 */
@NullMarked
package dev.remora.agent.local;

import org.jspecify.annotations.NullMarked;
