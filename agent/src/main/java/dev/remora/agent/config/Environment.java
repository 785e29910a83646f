package dev.remora.agent.config;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The environment variables, and how {@code ${NAME}} in a string becomes their values. */
public final class Environment {
  private static final Pattern REFERENCE =
      Pattern.compile("\\$\\$\\{|\\$\\{([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?}|\\$\\{");

  private final TreeMap<String, String> variables;

  /** Takes a copy of the variables. */
  public Environment(Map<String, String> variables) {
    this.variables = new TreeMap<>(variables);
  }

  /** The environment of this process. */
  public static Environment ofProcess() {
    return new Environment(System.getenv());
  }

  /** A variable, if it is set. */
  public Optional<String> variable(String name) {
    return Optional.ofNullable(variables.get(name));
  }

  /** A string with its references replaced, or why that cannot be. */
  sealed interface Expanded {
    record Text(String text) implements Expanded {}

    record Mistake(String why) implements Expanded {}
  }

  /**
   * Replaces {@code ${NAME}} and {@code ${NAME:-default}}. A doubled dollar before the brace leaves
   * it as it is, with one dollar. The default is also taken where the variable is set but empty, as
   * shells do.
   */
  Expanded expand(String raw) {
    Matcher matcher = REFERENCE.matcher(raw);
    StringBuilder text = new StringBuilder();
    while (matcher.find()) {
      String replacement = "${";
      if (!matcher.group().equals("$${")) {
        String name = matcher.group(1);
        if (name == null) {
          return new Expanded.Mistake("'${' without a variable's name and '}'; write '$${'");
        }
        String value = variables.get(name);
        String fallback = matcher.group(3);
        if (value == null && matcher.group(2) == null) {
          return new Expanded.Mistake("environment variable " + name + " is not set");
        }
        replacement = value == null || (value.isEmpty() && fallback != null) ? fallback : value;
      }
      matcher.appendReplacement(text, Matcher.quoteReplacement(replacement));
    }
    return new Expanded.Text(matcher.appendTail(text).toString());
  }
}
