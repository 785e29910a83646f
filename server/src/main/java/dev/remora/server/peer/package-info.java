/**
 * The members' messages over TCP.
 *
 * <p><b>Decided here</b>: how a message is written, which connections there are, and what is
 * dropped: everything that cannot be handed to a connected socket with room in its queue. Raft
 * repeats what matters, so nothing is ever kept for later, and nothing blocks.
 *
 * <p><b>Threads</b>: all on the replica's loop, on which the sockets live.
 */
@NullMarked
package dev.remora.server.peer;

import org.jspecify.annotations.NullMarked;
