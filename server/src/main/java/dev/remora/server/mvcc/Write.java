package dev.remora.server.mvcc;

/**
 * One put, by either door.
 *
 * @param key the key; not empty
 * @param value its new value
 * @param lease the lease to hang it on; 0 for none
 * @param renewsCreatedIndex whether v2's createdIndex becomes this revision even if the key is live
 * @param expiration when a v2 TTL runs out, as in {@link Version#expiration}
 * @param action what v2 watchers are told it was
 * @param isShown whether v2 watchers are told at all
 */
public record Write(
    Bytes key,
    Bytes value,
    long lease,
    boolean renewsCreatedIndex,
    long expiration,
    Action action,
    boolean isShown) {}
