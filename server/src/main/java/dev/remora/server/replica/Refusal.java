package dev.remora.server.replica;

/**
 * Why a member does not talk to another.
 *
 * @param reason what is wrong and what the operator is to do about it; one line
 * @param isFinal whether the one that is refused must stop: it can only do harm
 */
public record Refusal(String reason, boolean isFinal) {}
