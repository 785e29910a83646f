/**
 * Probes: looks at the services of this host, over the network or by a command.
 *
 * <p><b>Enter by</b> {@link dev.remora.agent.probe.NetworkProbes}, which implements the runner's
 * port.
 *
 * <p><b>Promised:</b> a look is over soon after its timeout, whatever the service does, and its
 * connection is closed; nothing a service says is kept, logged or waited for beyond its first line.
 *
 * <p><b>Words:</b> a look passes, warns or is critical, as Consul's checks do.
 */
@NullMarked
package dev.remora.agent.probe;

import org.jspecify.annotations.NullMarked;
