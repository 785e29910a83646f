package dev.remora.server.replica;

import java.util.Optional;

/**
 * The leader's answer to a {@link LeaderQuestion}.
 *
 * @param token of the question
 * @param seconds what the lease has from now on; nothing if there is no such lease, or it has run
 *     out. Of a member that has caught up 0, else nothing
 */
public record LeaderReply(long token, Optional<Long> seconds) {}
