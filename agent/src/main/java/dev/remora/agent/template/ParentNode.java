package dev.remora.agent.template;

import io.pebbletemplates.pebble.node.ExtendsNode;
import io.pebbletemplates.pebble.template.EvaluationContextImpl;
import io.pebbletemplates.pebble.template.PebbleTemplateImpl;
import java.io.Writer;

/** The {@code extends} tag: counts the ancestors, since a template can name itself. */
final class ParentNode extends ExtendsNode {
  private final CurrentEvaluation current;

  ParentNode(ExtendsNode parsed, CurrentEvaluation current) {
    super(parsed.getLineNumber(), parsed.getParentExpression());
    this.current = current;
  }

  @Override
  public void render(PebbleTemplateImpl self, Writer writer, EvaluationContextImpl context) {
    Evaluation evaluation = current.get();
    evaluation.at(self.getName(), getLineNumber());
    evaluation.ascend();
    super.render(self, writer, context);
  }
}
