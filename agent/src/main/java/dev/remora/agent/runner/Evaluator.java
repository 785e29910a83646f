package dev.remora.agent.runner;

import dev.remora.agent.template.Items;
import dev.remora.agent.template.TemplateResult;
import dev.remora.agent.template.Values;
import java.util.Map;

/** A template, ready to be evaluated. Called on the runner's context, one call at a time. */
public interface Evaluator {
  /**
   * Evaluates it.
   *
   * @param given further variables by name
   */
  TemplateResult evaluate(Map<String, ?> given, Values values);

  /** What its {@code for_each} goes through. */
  Items items(Values values);

  /** The file it makes of an item. */
  TemplateResult destination(Map<String, ?> given, Values values);
}
