/**
 * How one configuration becomes another (Raft dissertation §4).
 *
 * <p><b>Enter by</b> {@link dev.remora.server.raft.membership.Changer}; {@link
 * dev.remora.server.raft.membership.ConfChangeCodec} is how a change lies in an entry.
 */
@NullMarked
package dev.remora.server.raft.membership;

import org.jspecify.annotations.NullMarked;
