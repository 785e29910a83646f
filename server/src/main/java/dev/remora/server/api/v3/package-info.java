/**
 * The v3 door: etcd's v3 API as JSON over HTTP, in the form of etcd 3.4's gateway.
 *
 * <p><b>Enter by</b> {@link dev.remora.server.api.v3.V3Api}, one for each event loop.
 *
 * <p><b>Decided here</b>: how JSON becomes etcd's messages ({@code MessageReader}) and back ({@code
 * MessageWriter}), what is refused before anything is proposed ({@code TxnCheck}, {@code
 * KvRequests}), and in which words ({@code ApiError}). What clients can see was measured on etcd
 * 3.4.23.
 *
 * <p><b>Inside</b>: one class for each family of calls ({@code KvCalls}, {@code LeaseCalls}, {@code
 * MaintenanceCalls}), which speak messages and know nothing of HTTP; {@code UnaryRoute} and {@code
 * MessageStream} carry them over it.
 */
@NullMarked
package dev.remora.server.api.v3;

import org.jspecify.annotations.NullMarked;
