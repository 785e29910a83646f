package dev.remora.agent.template;

import io.pebbletemplates.pebble.attributes.AttributeResolver;
import io.pebbletemplates.pebble.attributes.ResolvedAttribute;
import io.pebbletemplates.pebble.error.AttributeNotFoundException;
import io.pebbletemplates.pebble.node.ArgumentsNode;
import io.pebbletemplates.pebble.template.EvaluationContextImpl;
import io.pebbletemplates.pebble.template.MacroAttributeProvider;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a dot or brackets can reach: an entry of a map, an element of a list, a macro of an imported
 * template. Nothing else: no method, no field. It stands before Pebble's own resolver, which would
 * use reflection, and whose method check leaves public fields open.
 */
final class MapAttributes implements AttributeResolver {
  private final CurrentEvaluation current;

  MapAttributes(CurrentEvaluation current) {
    this.current = current;
  }

  @Override
  public @Nullable ResolvedAttribute resolve(
      Object instance,
      Object attribute,
      Object @Nullable [] argumentValues,
      ArgumentsNode args,
      EvaluationContextImpl context,
      String file,
      int line) {
    if (instance instanceof MacroAttributeProvider) {
      return null; // Pebble's own resolver calls the macro, without reflection.
    }
    current.get().at(file, line);
    if (argumentValues != null) {
      throw current.get().refuse("calling a method is refused");
    }
    if (attribute instanceof Map<?, ?> || attribute instanceof List<?>) {
      throw current.get().refuse("a list or a map is no name");
    }
    String name = String.valueOf(attribute);
    if (instance instanceof Map<?, ?> map) {
      Object key = map.containsKey(attribute) ? attribute : name;
      if (map.containsKey(key)) {
        return new ResolvedAttribute(map.get(key));
      }
    } else if (instance instanceof List<?> list && attribute instanceof Number index) {
      long i = index.longValue();
      if (i >= 0 && i < list.size()) {
        return new ResolvedAttribute(list.get((int) i));
      }
    } else {
      throw current.get().refuse("only a map or a list has something inside");
    }
    throw new AttributeNotFoundException(null, "not found", name, line, file);
  }
}
