package dev.remora.server.linearizable;

import java.util.List;

/**
 * What the data does when one client at a time touches it.
 *
 * @param <S> the state; immutable, compared by {@code equals}
 */
public interface Model<S, I, O> {
  /** Before the first operation. */
  S initial();

  /** What an operation does to a state, and what it answers. */
  Step<S, O> step(S state, I input);

  /** Whether an operation with this answer has changed nothing, whatever the state was. */
  boolean onlyLooked(I input, O output);

  /**
   * Whether a state in which the answer to {@code input} is {@code output} may be reached by some
   * of these other inputs, in any order. A guess that keeps a search short; true if in doubt.
   */
  default boolean mayLeadTo(S state, I input, O output, List<I> others) {
    return true;
  }

  /** The state after an operation, and the answer. */
  record Step<S, O>(S next, O output) {}
}
