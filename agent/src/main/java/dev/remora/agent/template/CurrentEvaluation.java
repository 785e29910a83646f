package dev.remora.agent.template;

import org.jspecify.annotations.Nullable;

/**
 * Which evaluation is under way. Parsed templates are shared between evaluations, so their nodes
 * find the running one here; there is never more than one at a time.
 */
final class CurrentEvaluation {
  private @Nullable Evaluation running;

  Evaluation get() {
    Evaluation evaluation = running;
    if (evaluation == null) {
      throw new IllegalStateException("no evaluation is under way");
    }
    return evaluation;
  }

  void begin(Evaluation evaluation) {
    if (running != null) {
      throw new IllegalStateException("an evaluation is already under way: one at a time");
    }
    running = evaluation;
  }

  void end() {
    running = null;
  }
}
