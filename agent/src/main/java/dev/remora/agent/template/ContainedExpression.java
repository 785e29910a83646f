package dev.remora.agent.template;

import io.pebbletemplates.pebble.extension.escaper.SafeString;
import io.pebbletemplates.pebble.node.expression.BinaryExpression;
import io.pebbletemplates.pebble.template.EvaluationContextImpl;
import io.pebbletemplates.pebble.template.PebbleTemplateImpl;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The operator {@code contains}: a list has an element, a map a key, a string a part. Of a list on
 * the right everything must be contained.
 */
final class ContainedExpression extends BinaryExpression<Object> {
  private final CurrentEvaluation current;

  ContainedExpression(CurrentEvaluation current) {
    this.current = current;
  }

  @Override
  public Object evaluate(PebbleTemplateImpl self, EvaluationContextImpl context) {
    Object whole = getLeftExpression().evaluate(self, context);
    Object part = getRightExpression().evaluate(self, context);
    Evaluation evaluation = current.get();
    if (part instanceof List<?> parts) {
      for (Object each : parts) {
        if (!contains(whole, each, evaluation)) {
          return false;
        }
      }
      return true;
    }
    return contains(whole, part, evaluation);
  }

  private static boolean contains(
      @Nullable Object whole, @Nullable Object part, Evaluation evaluation) {
    evaluation.charge(1);
    return switch (whole) {
      case null -> false;
      case List<?> list -> {
        for (Object each : list) {
          if (EqualExpression.areEqual(each, part, evaluation)) {
            yield true;
          }
        }
        yield false;
      }
      case Map<?, ?> map -> map.containsKey(PrintedExpression.text(part, evaluation));
      case String text -> contains(text, part, evaluation);
      case SafeString text -> contains(text.toString(), part, evaluation);
      default -> throw evaluation.refuse("contains needs a list, a map or a string");
    };
  }

  private static boolean contains(String whole, @Nullable Object part, Evaluation evaluation) {
    String text = PrintedExpression.text(part, evaluation);
    evaluation.search(whole, text);
    return whole.contains(text);
  }
}
