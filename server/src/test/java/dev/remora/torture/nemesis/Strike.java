package dev.remora.torture.nemesis;

/**
 * A fault that was made, and healed. Times are those of {@link System#nanoTime}.
 *
 * @param detail to whom
 * @param struckNanos before it was made
 * @param healedNanos after it was ended
 * @param recoveredNanos when a write was acknowledged after that
 */
public record Strike(
    FaultKind kind, String detail, long struckNanos, long healedNanos, long recoveredNanos) {}
