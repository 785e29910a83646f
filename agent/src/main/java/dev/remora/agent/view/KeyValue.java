package dev.remora.agent.view;

/**
 * A key as the registry holds it.
 *
 * @param value its value as UTF-8 text
 * @param modRevision the revision of its last change; {@code createRevision} that of its first
 * @param lease id of the lease it lives under, 0 for none
 */
public record KeyValue(
    String key, String value, long createRevision, long modRevision, long lease) {}
