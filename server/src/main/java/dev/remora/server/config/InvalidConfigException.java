package dev.remora.server.config;

import java.util.List;

/** The settings are not usable. */
public final class InvalidConfigException extends Exception {
  private final List<String> problems;

  /** With all mistakes, one line each. */
  public InvalidConfigException(List<String> problems) {
    super(String.join("; ", problems));
    this.problems = List.copyOf(problems);
  }

  /** Every mistake that was found, one line each. */
  public List<String> problems() {
    return problems;
  }
}
