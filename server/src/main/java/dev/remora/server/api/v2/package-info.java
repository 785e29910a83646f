/**
 * etcd's v2 HTTP API: {@code /v2/keys} and {@code /v2/machines}.
 *
 * <p><b>Enter by</b> {@link dev.remora.server.api.v2.KeysRoute} and {@link
 * dev.remora.server.api.v2.MachinesRoute}, one of each for an event loop.
 *
 * <p><b>The way of a request</b>: {@code Form} (parameters as bytes) → {@code KeysDecoder} (one
 * valid {@code KeysRequest}, or the first error in etcd's order) → the replica's door, or a watch →
 * {@code KeysReplies}.
 *
 * <p><b>Where it is not etcd</b>: a stream has every event once, also after it began in the past; a
 * reader that is slow loses nothing.
 *
 * <p><b>Words</b>: v2's <i>index</i> is the store's revision; a <i>node</i> is a file or directory.
 */
@NullMarked
package dev.remora.server.api.v2;

import org.jspecify.annotations.NullMarked;
