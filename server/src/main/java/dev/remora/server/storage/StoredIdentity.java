package dev.remora.server.storage;

/**
 * Who a data directory belongs to, for as long as it lasts.
 *
 * @param cluster the cluster's id
 * @param member the member's id
 * @param incarnation drawn when the directory was made: a member that lost its directory and got a
 *     new one does not know what it has promised, and is told from the first by this
 */
public record StoredIdentity(long cluster, long member, long incarnation) {}
