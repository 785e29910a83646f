/**
 * The network between the members of a cluster under test: every byte passes a proxy, which can
 * hold it back, delay it, spoil it or cut the connection.
 *
 * <p><b>Enter by</b> {@link dev.remora.torture.network.Network}.
 *
 * <p><b>Words</b>: a {@link dev.remora.torture.network.Link} is directed, from one member to
 * another, and carries the bytes of this direction whoever dialled. A passage is one connection
 * through a proxy.
 */
@NullMarked
package dev.remora.torture.network;

import org.jspecify.annotations.NullMarked;
