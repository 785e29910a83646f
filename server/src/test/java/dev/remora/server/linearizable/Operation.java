package dev.remora.server.linearizable;

import org.jspecify.annotations.Nullable;

/**
 * One call of one client.
 *
 * @param client who called; for the reader only, a client may have several open
 * @param invoked when it was called, on the clock of {@code completed}
 * @param completed when the answer came; {@link #OPEN} if none did
 * @param output the answer; null if, and only if, it is open
 */
public record Operation<I, O>(
    long client, long invoked, long completed, I input, @Nullable O output) {
  /** The completion of an open operation: after all others. */
  public static final long OPEN = Long.MAX_VALUE;

  public Operation {
    if (completed <= invoked) {
      throw new IllegalArgumentException(
          "completed at %d, invoked at %d".formatted(completed, invoked));
    }
    if ((completed == OPEN) != (output == null)) {
      throw new IllegalArgumentException("completed at %d with %s".formatted(completed, output));
    }
  }

  /** Whether nobody knows what became of it. */
  public boolean isOpen() {
    return completed == OPEN;
  }

  /** Whether it was over when the other began. Calls of the same instant overlap. */
  public boolean precedes(Operation<?, ?> other) {
    return completed < other.invoked;
  }

  @Override
  public String toString() {
    return isOpen()
        ? "client %d from %d on: %s, outcome unknown".formatted(client, invoked, input)
        : "client %d from %d to %d: %s, answered %s"
            .formatted(client, invoked, completed, input, output);
  }
}
