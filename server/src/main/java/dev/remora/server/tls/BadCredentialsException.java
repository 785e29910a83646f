package dev.remora.server.tls;

import java.util.List;

/** Files of certificates or keys that cannot be used; says what to do for each. */
public final class BadCredentialsException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient List<String> problems;

  BadCredentialsException(List<String> problems) {
    super(String.join("; ", problems));
    this.problems = List.copyOf(problems);
  }

  /** Each in one line. */
  public List<String> problems() {
    return problems;
  }
}
