/**
 * The registry as etcd's v3 JSON API over HTTP, against etcd 3.4 or newer.
 *
 * <p><b>Enter by</b> {@link dev.remora.agent.registry.EtcdRegistry}, which implements the runner's
 * port.
 *
 * <p><b>Rules:</b> every request has a timeout, every answer and line a bound; a malformed answer
 * is a failure of its endpoint, never of the agent. A failing endpoint is left at once for the next
 * one. Redirects are not followed. Nothing here logs, and no error holds a value of a key.
 *
 * <p><b>Words</b> follow etcd's {@code rpc.proto}.
 */
@NullMarked
package dev.remora.agent.registry;

import org.jspecify.annotations.NullMarked;
