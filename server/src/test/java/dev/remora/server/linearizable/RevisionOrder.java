package dev.remora.server.linearizable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Checks a history in which every answer names its revision. The revisions are an order of the
 * operations; what is left to check is that it explains all answers and respects the time at which
 * things happened. Linear but for sorting, over all keys at once.
 *
 * <p>An open operation is in nobody's way: its revision may be missing among the others. But if
 * somebody has seen its effect, the caller must say at which revision it was.
 */
public final class RevisionOrder<I, O> {
  private final long before;
  private final List<Placed<I, O>> placed = new ArrayList<>();
  private long unknown;

  /** An operation and its revision. */
  private record Placed<I, O>(
      Operation<I, Revisioned<O>> operation, long revision, Revisioned.Kind kind) {
    @Override
    public String toString() {
      return "revision %d of %s".formatted(revision, operation);
    }
  }

  private RevisionOrder(
      long before,
      List<Operation<I, Revisioned<O>>> operations,
      Map<Operation<I, Revisioned<O>>, Long> learned) {
    this.before = before;
    for (Operation<I, Revisioned<O>> operation : operations) {
      Revisioned<O> output = operation.output();
      Long revision = learned.get(operation);
      if (output != null) {
        placed.add(new Placed<>(operation, output.revision(), output.kind()));
      } else if (revision != null) {
        placed.add(new Placed<>(operation, revision, Revisioned.Kind.CHANGE));
      } else {
        unknown++;
      }
    }
    // A change comes before the reads of its revision.
    placed.sort(
        Comparator.comparingLong((Placed<I, O> one) -> one.revision())
            .thenComparing(one -> one.kind() != Revisioned.Kind.CHANGE));
  }

  /**
   * Checks a history.
   *
   * @param before the revision of the state that {@code replay} begins with
   * @param learned revisions of open operations that are known to have taken effect
   * @param replay does the operation to one copy of the data, which it changes, and gives the
   *     answer without its revision
   */
  public static <I, O> Verdict check(
      long before,
      List<Operation<I, Revisioned<O>>> operations,
      Map<Operation<I, Revisioned<O>>, Long> learned,
      Function<I, O> replay) {
    RevisionOrder<I, O> order = new RevisionOrder<>(before, operations, learned);
    return order
        .problemWithRevisions()
        .or(() -> order.problemWithAnswers(replay))
        .or(order::problemWithTime)
        .<Verdict>map(Verdict.Violation::new)
        .orElseGet(Verdict.Linearizable::new);
  }

  /** Each is one change's; only open operations account for missing ones. */
  private Optional<String> problemWithRevisions() {
    long last = before;
    long missing = 0;
    for (Placed<I, O> one : placed) {
      boolean isChange = one.kind() == Revisioned.Kind.CHANGE;
      if (one.revision() < before || (isChange && one.revision() == before)) {
        return Optional.of("revision %d was before the history: %s".formatted(before, one));
      }
      if (isChange && one.revision() == last) {
        return Optional.of("two changes made one revision, the second is\n  " + one);
      }
      missing += Math.max(0, one.revision() - last - (isChange ? 1 : 0));
      last = one.revision();
      if (missing > unknown) {
        return Optional.of(
            "%d revisions up to this are nobody's, with %d operations open\n  %s"
                .formatted(missing, unknown, one));
      }
    }
    return Optional.empty();
  }

  private Optional<String> problemWithAnswers(Function<I, O> replay) {
    for (Placed<I, O> one : placed) {
      O expected = replay.apply(one.operation().input());
      Revisioned<O> output = one.operation().output();
      if (output != null && !output.output().equals(expected)) {
        return Optional.of("at its revision the answer is %s\n  %s".formatted(expected, one));
      }
    }
    return Optional.empty();
  }

  /** What begins after an answer has its revision or a newer one, a change a newer one. */
  private Optional<String> problemWithTime() {
    List<Placed<I, O>> byCall = new ArrayList<>(placed);
    byCall.sort(Comparator.comparingLong(one -> one.operation().invoked()));
    List<Placed<I, O>> byAnswer = new ArrayList<>(placed);
    byAnswer.sort(Comparator.comparingLong(one -> one.operation().completed()));
    int answered = 0;
    Optional<Placed<I, O>> newest = Optional.empty();
    for (Placed<I, O> one : byCall) {
      while (byAnswer.get(answered).operation().precedes(one.operation())) {
        Placed<I, O> next = byAnswer.get(answered++);
        newest =
            newest.filter(known -> known.revision() >= next.revision()).or(() -> Optional.of(next));
      }
      Optional<Placed<I, O>> tooNew = newest.filter(over -> !mayFollow(one, over.revision()));
      if (tooNew.isPresent()) {
        return tooNew.map(over -> "%s\nwas over before the call of\n  %s".formatted(over, one));
      }
    }
    return Optional.empty();
  }

  private static boolean mayFollow(Placed<?, ?> one, long newest) {
    return switch (one.kind()) {
      case CHANGE -> one.revision() > newest;
      case READ -> one.revision() >= newest;
      case SERIALIZABLE_READ -> true;
    };
  }
}
