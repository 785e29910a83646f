package dev.remora.server.replica;

import java.util.Optional;

/**
 * The leader's answer to a {@link LeaseQuestion}.
 *
 * @param token of the question
 * @param seconds what the lease has from now on; nothing if there is no such lease, or it has run
 *     out
 */
public record LeaseReply(long token, Optional<Long> seconds) {}
