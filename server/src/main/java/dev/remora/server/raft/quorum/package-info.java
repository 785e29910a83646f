/**
 * Majorities, and the pairs of majorities of a joint configuration (Raft dissertation §4.3).
 *
 * <p><b>Enter by</b> {@link dev.remora.server.raft.quorum.JointQuorum}: which index has a quorum
 * reached, and how has a quorum voted. Nothing here knows what is counted.
 */
@NullMarked
package dev.remora.server.raft.quorum;

import org.jspecify.annotations.NullMarked;
