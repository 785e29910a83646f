package dev.remora.agent.template;

import io.pebbletemplates.pebble.extension.NodeVisitor;
import io.pebbletemplates.pebble.extension.escaper.SafeString;
import io.pebbletemplates.pebble.node.expression.Expression;
import io.pebbletemplates.pebble.template.EvaluationContextImpl;
import io.pebbletemplates.pebble.template.PebbleTemplateImpl;
import org.jspecify.annotations.Nullable;

/**
 * What stands in {@code {{ }}}: a string, a number, true or false, or nothing. A list or a map has
 * no text of its own, and Java's would be neither readable nor bounded.
 */
final class PrintedExpression implements Expression<String> {
  private final Expression<?> inner;
  private final int line;
  private final CurrentEvaluation current;

  PrintedExpression(Expression<?> inner, int line, CurrentEvaluation current) {
    this.inner = inner;
    this.line = line;
    this.current = current;
  }

  @Override
  public String evaluate(PebbleTemplateImpl self, EvaluationContextImpl context) {
    Evaluation evaluation = current.get();
    evaluation.at(self.getName(), line);
    evaluation.charge(1);
    Object value = inner.evaluate(self, context);
    evaluation.at(self.getName(), line);
    return evaluation.isCollected(value) ? "" : text(value, evaluation);
  }

  /** The text of a scalar. */
  static String text(@Nullable Object value, Evaluation evaluation) {
    return switch (value) {
      case null -> "";
      case String text -> text;
      case SafeString text -> text.toString();
      case Number number -> Numbers.text(number);
      case Boolean truth -> truth.toString();
      case Character character -> character.toString();
      default ->
          throw evaluation.refuse("a list or a map cannot be printed; use a filter such as json");
    };
  }

  @Override
  public void accept(NodeVisitor visitor) {
    inner.accept(visitor);
  }

  @Override
  public int getLineNumber() {
    return line;
  }
}
