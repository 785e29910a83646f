package dev.remora.agent.template;

import io.pebbletemplates.pebble.extension.NodeVisitor;
import io.pebbletemplates.pebble.node.AbstractRenderableNode;
import io.pebbletemplates.pebble.node.RenderableNode;
import io.pebbletemplates.pebble.template.EvaluationContextImpl;
import io.pebbletemplates.pebble.template.PebbleTemplateImpl;
import java.io.IOException;
import java.io.Writer;

/** An include, or the body of a macro: counts how deep we are. */
final class NestedNode extends AbstractRenderableNode {
  private final RenderableNode inner;
  private final CurrentEvaluation current;

  NestedNode(int lineNumber, RenderableNode inner, CurrentEvaluation current) {
    super(lineNumber);
    this.inner = inner;
    this.current = current;
  }

  @Override
  public void render(PebbleTemplateImpl self, Writer writer, EvaluationContextImpl context)
      throws IOException {
    Evaluation evaluation = current.get();
    evaluation.at(self.getName(), getLineNumber());
    evaluation.charge(1);
    int before = evaluation.enter();
    inner.render(self, writer, context);
    evaluation.leave(before);
  }

  @Override
  public void accept(NodeVisitor visitor) {
    inner.accept(visitor);
  }
}
