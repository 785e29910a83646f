package dev.remora.agent.template;

import io.pebbletemplates.pebble.extension.escaper.SafeString;
import io.pebbletemplates.pebble.node.expression.BinaryExpression;
import io.pebbletemplates.pebble.template.EvaluationContextImpl;
import io.pebbletemplates.pebble.template.PebbleTemplateImpl;
import io.pebbletemplates.pebble.utils.OperatorUtils;
import java.util.List;

/** The operator {@code +}: numbers are added; strings and lists are joined, with a bound. */
final class SumExpression extends BinaryExpression<Object> {
  private final CurrentEvaluation current;

  SumExpression(CurrentEvaluation current) {
    this.current = current;
  }

  @Override
  public Object evaluate(PebbleTemplateImpl self, EvaluationContextImpl context) {
    Object left = getLeftExpression().evaluate(self, context);
    Object right = getRightExpression().evaluate(self, context);
    Evaluation evaluation = current.get();
    if (left instanceof List<?> list) {
      evaluation.charge(list.size() + (right instanceof List<?> more ? more.size() : 1L));
      return OperatorUtils.add(left, right);
    }
    if (isText(left) || isText(right)) {
      String start = PrintedExpression.text(left, evaluation);
      String end = PrintedExpression.text(right, evaluation);
      evaluation.bound((long) start.length() + end.length());
      return start + end;
    }
    if (left instanceof Number && right instanceof Number) {
      return OperatorUtils.add(left, right);
    }
    throw evaluation.refuse("+ needs numbers, strings or a list");
  }

  private static boolean isText(Object value) {
    return value instanceof String || value instanceof SafeString;
  }
}
