package dev.remora.server.replica;

/**
 * What a member asks the leader, which alone knows how long a lease still has.
 *
 * @param token comes back with the answer; unique for the asker
 * @param lease its id
 * @param isKeepAlive whether the lease shall get its full TTL again
 */
public record LeaseQuestion(long token, long lease, boolean isKeepAlive) {}
