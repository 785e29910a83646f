package dev.remora.agent.template;

import io.pebbletemplates.pebble.node.BodyNode;
import io.pebbletemplates.pebble.node.ForNode;
import io.pebbletemplates.pebble.template.EvaluationContextImpl;
import io.pebbletemplates.pebble.template.PebbleTemplateImpl;
import io.pebbletemplates.pebble.template.ScopeChain;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The {@code for} tag: every turn is a step, maps come as {@code key} and {@code value}, and {@code
 * loop} is a map, so that no method is ever called on behalf of a template.
 */
final class LoopNode extends ForNode {
  private final CurrentEvaluation current;

  LoopNode(ForNode parsed, CurrentEvaluation current) {
    super(
        parsed.getLineNumber(),
        parsed.getIterationVariable(),
        parsed.getIterable(),
        parsed.getBody(),
        parsed.getElseBody());
    this.current = current;
  }

  @Override
  public void render(PebbleTemplateImpl self, Writer writer, EvaluationContextImpl context)
      throws IOException {
    Evaluation evaluation = current.get();
    evaluation.at(self.getName(), getLineNumber());
    List<?> elements = elements(getIterable().evaluate(self, context), evaluation);
    if (elements.isEmpty()) {
      renderElse(self, writer, context);
      return;
    }
    ScopeChain scopes = context.getScopeChain();
    scopes.pushScope();
    for (int i = 0; i < elements.size(); i++) {
      evaluation.at(self.getName(), getLineNumber());
      evaluation.charge(1);
      scopes.put("loop", loop(i, elements.size()));
      scopes.put(getIterationVariable(), elements.get(i));
      getBody().render(self, writer, context);
    }
    scopes.popScope();
  }

  private void renderElse(PebbleTemplateImpl self, Writer writer, EvaluationContextImpl context)
      throws IOException {
    BodyNode elseBody = getElseBody();
    if (elseBody != null) {
      elseBody.render(self, writer, context);
    }
  }

  /** What a loop over this value goes through. */
  static List<?> elements(@Nullable Object iterable, Evaluation evaluation) {
    return switch (iterable) {
      case null -> List.of();
      case List<?> list -> list;
      case Map<?, ?> map -> entries(map, evaluation);
      default -> throw evaluation.refuse("for needs a list or a map");
    };
  }

  private static List<?> entries(Map<?, ?> map, Evaluation evaluation) {
    evaluation.charge(map.size());
    List<Object> entries = new ArrayList<>(map.size());
    for (Map.Entry<?, ?> entry : Ordered.entries(map)) {
      Map<String, @Nullable Object> pair = new HashMap<>();
      pair.put("key", entry.getKey());
      pair.put("value", entry.getValue());
      entries.add(pair);
    }
    return entries;
  }

  private static Map<String, Object> loop(int index, int length) {
    Map<String, Object> loop = new HashMap<>();
    loop.put("index", (long) index);
    loop.put("revindex", (long) length - index - 1);
    loop.put("length", (long) length);
    loop.put("first", index == 0);
    loop.put("last", index == length - 1);
    return loop;
  }
}
