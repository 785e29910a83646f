/**
 * Leases of v3: grant, keep alive, revoke, expire, and which keys hang on which.
 *
 * <p><b>Enter by</b> {@link dev.remora.server.lease.LeaseWriter}, which changes what goes through
 * the log, and {@link dev.remora.server.lease.Lessor}, which on the leader alone knows how long
 * each lease still has.
 *
 * <p><b>Promise</b>: a lease lives at least its TTL by the leader's monotonic clock; whoever
 * becomes leader gives every lease its full TTL anew. Keep-alives never go through the log.
 *
 * <p><b>Inside</b> there is no clock: {@code now} is an argument, in nanoseconds of any origin.
 */
@NullMarked
package dev.remora.server.lease;

import org.jspecify.annotations.NullMarked;
