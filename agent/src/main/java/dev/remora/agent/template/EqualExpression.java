package dev.remora.agent.template;

import io.pebbletemplates.pebble.extension.escaper.SafeString;
import io.pebbletemplates.pebble.node.expression.BinaryExpression;
import io.pebbletemplates.pebble.template.EvaluationContextImpl;
import io.pebbletemplates.pebble.template.PebbleTemplateImpl;
import io.pebbletemplates.pebble.utils.OperatorUtils;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The operators {@code ==} and {@code !=}: every value that is compared is a step, since a list can
 * hold itself many times over.
 */
final class EqualExpression extends BinaryExpression<Object> {
  private final CurrentEvaluation current;
  private final boolean isEqualWanted;

  EqualExpression(CurrentEvaluation current, boolean isEqualWanted) {
    this.current = current;
    this.isEqualWanted = isEqualWanted;
  }

  @Override
  public Object evaluate(PebbleTemplateImpl self, EvaluationContextImpl context) {
    Object left = getLeftExpression().evaluate(self, context);
    Object right = getRightExpression().evaluate(self, context);
    return areEqual(left, right, current.get()) == isEqualWanted;
  }

  /** Numbers are equal by size, whatever their type. */
  static boolean areEqual(@Nullable Object left, @Nullable Object right, Evaluation evaluation) {
    evaluation.charge(1);
    if (left instanceof Number a && right instanceof Number b) {
      return OperatorUtils.equals(a, b);
    }
    if (left instanceof List<?> a && right instanceof List<?> b) {
      return a.size() == b.size() && areEqualLists(a, b, evaluation);
    }
    if (left instanceof Map<?, ?> a && right instanceof Map<?, ?> b) {
      return a.size() == b.size() && areEqualMaps(a, b, evaluation);
    }
    boolean isNested = isNested(left) || isNested(right);
    return !isNested && Objects.equals(plain(left), plain(right));
  }

  private static boolean areEqualLists(List<?> left, List<?> right, Evaluation evaluation) {
    Iterator<?> others = right.iterator();
    for (Object each : left) {
      if (!areEqual(each, others.next(), evaluation)) {
        return false;
      }
    }
    return true;
  }

  private static boolean areEqualMaps(Map<?, ?> left, Map<?, ?> right, Evaluation evaluation) {
    for (Map.Entry<?, ?> each : left.entrySet()) {
      if (!right.containsKey(each.getKey())
          || !areEqual(each.getValue(), right.get(each.getKey()), evaluation)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isNested(@Nullable Object value) {
    return value instanceof List<?> || value instanceof Map<?, ?>;
  }

  private static @Nullable Object plain(@Nullable Object value) {
    return value instanceof SafeString text ? text.toString() : value;
  }
}
