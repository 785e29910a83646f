package dev.remora.torture.client;

/**
 * One call of one process, and what became of it.
 *
 * @param process who called; one call at a time
 * @param member who was asked
 * @param invokedNanos before the request was sent, by {@link System#nanoTime}
 * @param completedNanos after the answer was read; of an unknown outcome, when waiting ended
 */
public record Call(
    long process,
    int member,
    long invokedNanos,
    long completedNanos,
    Request request,
    Outcome outcome) {}
