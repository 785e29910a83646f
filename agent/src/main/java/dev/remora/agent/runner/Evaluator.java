package dev.remora.agent.runner;

import dev.remora.agent.template.TemplateResult;
import dev.remora.agent.template.Values;

/** A group's template, ready to be evaluated. */
public interface Evaluator {
  /** Evaluates it; called on the runner's context, one call at a time. */
  TemplateResult evaluate(Values values);
}
