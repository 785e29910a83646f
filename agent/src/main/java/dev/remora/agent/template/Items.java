package dev.remora.agent.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an expression such as {@code services()} goes through, or why not. */
public sealed interface Items {
  /** What was asked for up to the end, also on failure. */
  Dependencies dependencies();

  /**
   * A list's elements, or a map's entries as maps of {@code key} and {@code value}.
   *
   * @param elements maps, lists, strings, numbers, booleans or null; what one of them is given to
   *     must not change it
   * @param warnings such as records of instances that were left out because they are malformed
   */
  record Found(List<@Nullable Object> elements, Dependencies dependencies, List<String> warnings)
      implements Items {
    public Found {
      elements = Collections.unmodifiableList(new ArrayList<>(elements));
      warnings = List.copyOf(warnings);
    }
  }

  /** The expression could not be evaluated: {@code reason} is never a text. */
  record NotFound(TemplateResult reason) implements Items {
    public NotFound {
      if (reason instanceof TemplateResult.Rendered) {
        throw new IllegalArgumentException("a text is no reason");
      }
    }

    @Override
    public Dependencies dependencies() {
      return reason.dependencies();
    }
  }
}
