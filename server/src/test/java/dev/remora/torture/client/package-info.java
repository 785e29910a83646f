/**
 * Clients of a store that speaks etcd, over plain HTTP/1.1: what they asked, what they were told,
 * and what they may conclude.
 *
 * <p><b>Enter by</b> {@link dev.remora.torture.client.Session}, which never repeats a request: an
 * answer that did not come is {@link dev.remora.torture.client.Outcome.Unknown}.
 *
 * <p><b>Words</b>: a process is a line of calls, one after the other; it ends with a call of
 * unknown outcome.
 */
@NullMarked
package dev.remora.torture.client;

import org.jspecify.annotations.NullMarked;
