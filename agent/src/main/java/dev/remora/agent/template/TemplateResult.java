package dev.remora.agent.template;

import java.util.List;

/** How one evaluation ended. No text here but {@link Rendered#text} holds a value of a key. */
public sealed interface TemplateResult {
  /** What was asked for up to the end, also on failure: a change of it can change the result. */
  Dependencies dependencies();

  /**
   * The template was evaluated to its end.
   *
   * @param warnings such as records of instances that were left out because they are malformed
   */
  record Rendered(String text, Dependencies dependencies, List<String> warnings)
      implements TemplateResult {
    public Rendered {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * A key that has no default is not in the registry. The render waits for it.
   *
   * @param message {@code file:line:column: key /x is missing}, then the template's line
   */
  record Missing(String key, Position position, String message, Dependencies dependencies)
      implements TemplateResult {}

  /**
   * The template cannot be evaluated: syntax, an unknown name, a limit, a file that is not there.
   *
   * @param message {@code file:line:column: reason}, then the template's line
   */
  record Failed(Position position, String message, Dependencies dependencies)
      implements TemplateResult {}
}
