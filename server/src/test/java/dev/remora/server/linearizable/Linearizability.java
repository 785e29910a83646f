package dev.remora.server.linearizable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Checks histories against a {@link Model}. Linearizability is local (Herlihy and Wing, 1990, §3):
 * a history over several keys is linearizable if, and only if, its part for each key is, so each is
 * searched alone.
 */
public final class Linearizability {
  /** Bounds one key's search: about 1 GiB for a key of 1000 operations. */
  static final int CONFIGURATIONS_MAX = 4_000_000;

  private static final int FIRST_CONFIGURATIONS_MAX = 10_000;
  private static final int GROWTH = 20;

  private Linearizability() {}

  /** Checks operations that all touch the same thing. Any order of the list will do. */
  public static <S, I, O> Verdict check(Model<S, I, O> model, List<Operation<I, O>> operations) {
    return check(model, operations, CONFIGURATIONS_MAX);
  }

  static <S, I, O> Verdict check(
      Model<S, I, O> model, List<Operation<I, O>> operations, int configurationsMax) {
    List<Operation<I, O>> inOrder = new ArrayList<>(operations);
    inOrder.sort(Comparator.comparingLong(Operation::invoked));
    return new OrderSearch<>(model, inOrder, configurationsMax).run();
  }

  /**
   * Checks operations that touch one key each.
   *
   * @param key names the key of an input
   */
  public static <K, S, I, O> Verdict checkKeys(
      Model<S, I, O> model, Function<I, K> key, List<Operation<I, O>> operations) {
    Map<K, List<Operation<I, O>>> keys = new LinkedHashMap<>();
    for (Operation<I, O> operation : operations) {
      keys.computeIfAbsent(key.apply(operation.input()), _ -> new ArrayList<>()).add(operation);
    }
    // What is easily refuted shall not wait for what is hard to decide.
    Verdict all = new Verdict.Linearizable();
    for (long max = FIRST_CONFIGURATIONS_MAX; !keys.isEmpty(); max *= GROWTH) {
      int bound = (int) Math.min(max, CONFIGURATIONS_MAX);
      all = new Verdict.Linearizable();
      for (K one : List.copyOf(keys.keySet())) {
        switch (check(model, keys.getOrDefault(one, List.of()), bound)) {
          case Verdict.Linearizable() -> keys.remove(one);
          case Verdict.Violation(String explanation) -> {
            return new Verdict.Violation("key %s: %s".formatted(one, explanation));
          }
          case Verdict.Undecided(String explanation) ->
              all = new Verdict.Undecided("key %s: %s".formatted(one, explanation));
        }
      }
      if (bound == CONFIGURATIONS_MAX) {
        break;
      }
    }
    return all;
  }
}
