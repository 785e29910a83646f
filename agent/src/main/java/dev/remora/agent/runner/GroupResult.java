package dev.remora.agent.runner;

import dev.remora.agent.template.Dependencies;
import java.util.List;

/** How one evaluation of all templates of a group ended. No message holds a value of a key. */
sealed interface GroupResult {
  /** What was asked for by all templates, also by those behind one that failed. */
  Dependencies dependencies();

  /**
   * All were evaluated to their ends.
   *
   * @param isFrozen whether the registry asks that nothing is changed now
   */
  record Made(
      List<OutputFiles.Output> outputs,
      boolean isFrozen,
      Dependencies dependencies,
      List<String> warnings)
      implements GroupResult {
    public Made {
      outputs = List.copyOf(outputs);
      warnings = List.copyOf(warnings);
    }
  }

  /** A key is not there. */
  record Missing(String message, Dependencies dependencies) implements GroupResult {}

  /** A template cannot be evaluated, or makes something that may not be. */
  record Failed(String message, Dependencies dependencies) implements GroupResult {}
}
