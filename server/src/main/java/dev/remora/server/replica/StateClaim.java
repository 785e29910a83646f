package dev.remora.server.replica;

/**
 * What a member says its state is.
 *
 * @param index after this entry
 * @param digest see {@link dev.remora.server.apply.State#digest}
 */
public record StateClaim(long index, long digest) {}
