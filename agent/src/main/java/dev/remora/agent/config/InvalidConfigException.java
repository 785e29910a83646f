package dev.remora.agent.config;

import java.util.List;

/** A configuration that cannot be used, with every mistake found in it. */
public final class InvalidConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  InvalidConfigException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** The mistakes in the order of the files, one whole line each. */
  public List<String> problems() {
    return problems;
  }
}
