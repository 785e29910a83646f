package dev.remora.agent.template;

import io.pebbletemplates.pebble.extension.escaper.SafeString;
import io.pebbletemplates.pebble.node.expression.BinaryExpression;
import io.pebbletemplates.pebble.template.EvaluationContextImpl;
import io.pebbletemplates.pebble.template.PebbleTemplateImpl;
import io.pebbletemplates.pebble.utils.OperatorUtils;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operators {@code +}, {@code -} and {@code *}: numbers, exact or refused; {@code +} also joins
 * strings and lists, with a bound.
 */
final class ArithmeticExpression extends BinaryExpression<Object> {
  /** Numbers beyond a long keep their digits; this many of them at most go into a sum. */
  private static final int DIGITS_MAX = 100;

  private final CurrentEvaluation current;
  private final Sign sign;

  /** Which operator. */
  enum Sign {
    PLUS("+"),
    MINUS("-"),
    TIMES("*");

    private final String text;

    Sign(String text) {
      this.text = text;
    }
  }

  ArithmeticExpression(CurrentEvaluation current, Sign sign) {
    this.current = current;
    this.sign = sign;
  }

  @Override
  public Object evaluate(PebbleTemplateImpl self, EvaluationContextImpl context) {
    Object left = getLeftExpression().evaluate(self, context);
    Object right = getRightExpression().evaluate(self, context);
    Evaluation evaluation = current.get();
    if (left instanceof Number a && right instanceof Number b) {
      return ofNumbers(a, b, evaluation);
    }
    if (sign != Sign.PLUS) {
      throw evaluation.refuse(sign.text + " needs numbers");
    }
    if (left instanceof List<?> list) {
      evaluation.boundList(list.size() + (right instanceof List<?> more ? more.size() : 1L));
      return OperatorUtils.add(left, right);
    }
    if (isText(left) || isText(right)) {
      String start = PrintedExpression.text(left, evaluation);
      String end = PrintedExpression.text(right, evaluation);
      evaluation.bound((long) start.length() + end.length());
      return start + end;
    }
    throw evaluation.refuse("+ needs numbers, strings or a list");
  }

  private Object ofNumbers(Number left, Number right, Evaluation evaluation) {
    if (isWhole(left) && isWhole(right)) {
      try {
        return switch (sign) {
          case PLUS -> Math.addExact(left.longValue(), right.longValue());
          case MINUS -> Math.subtractExact(left.longValue(), right.longValue());
          case TIMES -> Math.multiplyExact(left.longValue(), right.longValue());
        };
      } catch (ArithmeticException _) {
        throw evaluation.refuse(sign.text + ": the result has more than 64 bits");
      }
    }
    BigDecimal a = exact(left, evaluation);
    BigDecimal b = exact(right, evaluation);
    if (a != null && b != null) {
      return switch (sign) {
        case PLUS -> a.add(b);
        case MINUS -> a.subtract(b);
        case TIMES -> a.multiply(b);
      };
    }
    return switch (sign) {
      case PLUS -> OperatorUtils.add(left, right);
      case MINUS -> OperatorUtils.subtract(left, right);
      case TIMES -> OperatorUtils.multiply(left, right);
    };
  }

  /** A number that is not binary, with its digits; else null. */
  private @Nullable BigDecimal exact(Number number, Evaluation evaluation) {
    if (isWhole(number)) {
      return BigDecimal.valueOf(number.longValue());
    }
    if (!(number instanceof BigDecimal decimal)) {
      return null;
    }
    if (decimal.precision() > DIGITS_MAX || Math.abs((long) decimal.scale()) > DIGITS_MAX) {
      throw evaluation.refuse(sign.text + ": a number has more than " + DIGITS_MAX + " digits");
    }
    return decimal;
  }

  private static boolean isWhole(Number number) {
    return number instanceof Long || number instanceof Integer;
  }

  private static boolean isText(Object value) {
    return value instanceof String || value instanceof SafeString;
  }
}
