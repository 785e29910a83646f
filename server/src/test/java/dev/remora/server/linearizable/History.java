package dev.remora.server.linearizable;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Records operations as they are called and answered. Its clock counts these events, so no two have
 * the same time. For one thread.
 */
public final class History<I, O> {
  private final List<@Nullable Operation<I, O>> operations = new ArrayList<>();
  private long clock;

  /** Records a call; until more is said it is open. Returns its number, from 0. */
  public int invoke(long client, I input) {
    operations.add(new Operation<>(client, clock++, Operation.OPEN, input, null));
    return operations.size() - 1;
  }

  /** Records the answer to a call. */
  public void complete(int number, O output) {
    Operation<I, O> open = open(number);
    operations.set(
        number,
        new Operation<>(
            open.client(),
            open.invoked(),
            clock++,
            open.input(),
            Objects.requireNonNull(output, "output")));
  }

  /** Takes a call back: it is known that it took no effect and never will. */
  public void withdraw(int number) {
    open(number);
    operations.set(number, null);
  }

  private Operation<I, O> open(int number) {
    Operation<I, O> operation = operations.get(number);
    if (operation == null || !operation.isOpen()) {
      throw new IllegalStateException("operation %d is over: %s".formatted(number, operation));
    }
    return operation;
  }

  /** What was recorded, in the order of the calls; withdrawn ones are left out. */
  public List<Operation<I, O>> operations() {
    List<Operation<I, O>> recorded = new ArrayList<>(operations.size());
    for (Operation<I, O> operation : operations) {
      if (operation != null) {
        recorded.add(operation);
      }
    }
    return recorded;
  }
}
