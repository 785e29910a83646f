package dev.remora.agent.runner;

import dev.remora.agent.template.TemplateResult;
import dev.remora.agent.template.Values;
import dev.remora.agent.view.KeyRange;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Evaluates one template once against the registry as it is, all of it at one revision. */
public final class Reading {
  /** A chain of keys that name each other may be this long. */
  private static final int ROUNDS_MAX = 20;

  private final Registry registry;
  private final Surroundings surroundings;

  /** Makes one; use it on the registry's context. */
  public Reading(Registry registry, Surroundings surroundings) {
    this.registry = registry;
    this.surroundings = surroundings;
  }

  /**
   * The result of the first evaluation that asked for nothing unread; fails if the registry does.
   *
   * @param template called once a round
   */
  public Future<TemplateResult> evaluate(Function<Values, TemplateResult> template) {
    return evaluate(template, List.of(), 1);
  }

  private Future<TemplateResult> evaluate(
      Function<Values, TemplateResult> template, List<KeyRange> known, int round) {
    Future<List<List<dev.remora.agent.view.KeyValue>>> reading =
        known.isEmpty()
            ? Future.succeededFuture(List.of())
            : registry.read(known).map(Registry.Ranges::values);
    return reading.compose(read -> {
      TemplateResult result = template.apply(new RevisionValues(surroundings, read, 0));
      List<KeyRange> needed = Coverage.of(result.dependencies(), surroundings.prefix());
      if (Coverage.isCovered(needed, known)) {
        return Future.succeededFuture(result);
      }
      if (round == ROUNDS_MAX) {
        return Future.failedFuture(
            new RegistryException(
                "a template asks for new keys in each of " + ROUNDS_MAX + " rounds"));
      }
      List<KeyRange> all = new ArrayList<>(known);
      all.addAll(needed);
      return evaluate(template, Coverage.least(all), round + 1);
    });
  }
}
