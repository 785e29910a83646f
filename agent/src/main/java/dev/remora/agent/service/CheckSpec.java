package dev.remora.agent.service;

/**
 * How an instance is checked.
 *
 * @param intervalMillis from the beginning of one run to that of the next
 * @param timeoutMillis after which a run has failed
 * @param successBeforePassing successes in a row that end a bad status, at least 1
 * @param failuresBeforeWarning failures in a row that make it {@code WARNING}, at least 1
 * @param failuresBeforeCritical failures in a row that make it {@code CRITICAL}, at least 1
 * @param initial status before the first result
 */
public record CheckSpec(
    Probe probe,
    long intervalMillis,
    long timeoutMillis,
    int successBeforePassing,
    int failuresBeforeWarning,
    int failuresBeforeCritical,
    CheckStatus initial) {}
