package dev.remora.agent.runner;

import java.util.List;

/** A group and what evaluates its templates, in their order. */
public record RenderedGroup(GroupSpec spec, List<Evaluator> evaluators) {
  public RenderedGroup {
    evaluators = List.copyOf(evaluators);
    if (evaluators.size() != spec.templates().size()) {
      throw new IllegalArgumentException("each template has its evaluator");
    }
  }
}
