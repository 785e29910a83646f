package dev.remora.agent.template;

import io.pebbletemplates.pebble.node.expression.BinaryExpression;
import io.pebbletemplates.pebble.template.EvaluationContextImpl;
import io.pebbletemplates.pebble.template.PebbleTemplateImpl;

/** The operator {@code ~}, with a bound: a string doubled in a loop would fill the memory. */
final class JoinedExpression extends BinaryExpression<String> {
  private final CurrentEvaluation current;

  JoinedExpression(CurrentEvaluation current) {
    this.current = current;
  }

  @Override
  public String evaluate(PebbleTemplateImpl self, EvaluationContextImpl context) {
    Object left = getLeftExpression().evaluate(self, context);
    Object right = getRightExpression().evaluate(self, context);
    Evaluation evaluation = current.get();
    String start = PrintedExpression.text(left, evaluation);
    String end = PrintedExpression.text(right, evaluation);
    evaluation.bound((long) start.length() + end.length());
    return start + end;
  }
}
