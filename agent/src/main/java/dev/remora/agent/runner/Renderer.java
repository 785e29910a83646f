package dev.remora.agent.runner;

import dev.remora.agent.template.Values;
import dev.remora.agent.view.KeyRange;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Evaluates templates against one revision of everything it asks for.
 *
 * <p>What they ask for is found by evaluating them: as long as they ask for something that was not
 * read, all of it is read again together, at one newer revision, and they are evaluated anew.
 */
final class Renderer {
  /** A chain of keys that name each other may be this long. */
  private static final int ROUNDS_MAX = 20;

  private final Surroundings surroundings;
  private final Function<List<KeyRange>, Future<Registry.Ranges>> read;
  private final LongSupplier ageSeconds;

  /**
   * Makes a renderer.
   *
   * @param read reads ranges at one revision
   * @param ageSeconds how long ago the registry last confirmed what {@code read} answers
   */
  Renderer(
      Surroundings surroundings,
      Function<List<KeyRange>, Future<Registry.Ranges>> read,
      LongSupplier ageSeconds) {
    this.surroundings = surroundings;
    this.read = read;
    this.ageSeconds = ageSeconds;
  }

  /**
   * An evaluation that had read everything it asked for.
   *
   * @param ranges what it asked for
   * @param read the answer it was evaluated against, with its revision, or null if it asked for
   *     nothing
   */
  record Outcome(GroupResult result, List<KeyRange> ranges, ReadRanges read) {
    Outcome {
      ranges = List.copyOf(ranges);
    }
  }

  /** What was read, and the answer. */
  record ReadRanges(List<KeyRange> asked, Registry.Ranges answer) {
    ReadRanges {
      asked = List.copyOf(asked);
    }

    static final ReadRanges NOTHING = new ReadRanges(List.of(), new Registry.Ranges(0, List.of()));
  }

  /**
   * Renders once; fails if the registry does.
   *
   * @param known what the last evaluation asked for; empty if there was none
   */
  Future<Outcome> render(Function<Values, GroupResult> evaluator, List<KeyRange> known) {
    return render(evaluator, known, 1);
  }

  private Future<Outcome> render(
      Function<Values, GroupResult> evaluator, List<KeyRange> ranges, int round) {
    Future<ReadRanges> reading =
        ranges.isEmpty()
            ? Future.succeededFuture(ReadRanges.NOTHING)
            : read.apply(ranges).map(answer -> new ReadRanges(ranges, answer));
    return reading.compose(done -> evaluate(evaluator, done, round));
  }

  private Future<Outcome> evaluate(
      Function<Values, GroupResult> evaluator, ReadRanges read, int round) {
    GroupResult result =
        evaluator.apply(
            new RevisionValues(surroundings, read.answer().values(), ageSeconds.getAsLong()));
    List<KeyRange> needed = Coverage.of(result.dependencies(), surroundings.prefix());
    if (Coverage.isCovered(needed, read.asked())) {
      return Future.succeededFuture(new Outcome(result, needed, read));
    }
    if (round == ROUNDS_MAX) {
      return Future.failedFuture(
          new RegistryException(
              "a template asks for new keys in each of " + ROUNDS_MAX + " rounds"));
    }
    List<KeyRange> all = new ArrayList<>(read.asked());
    all.addAll(needed);
    return render(evaluator, Coverage.least(all), round + 1);
  }
}
