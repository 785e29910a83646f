package dev.remora.agent.config;

import java.util.List;

/** Reads {@code shell}: whether the words of a command are a shell script. */
final class Shell {
  private static final String STAGED = "{staged}";

  private Shell() {}

  /**
   * The command that is meant. The path of the staged file is given to a script as an argument: it
   * is not for the shell to read.
   */
  static List<String> read(Section section, List<String> command) {
    if (!section.flag("shell") || command.isEmpty()) {
      return command;
    }
    String script = String.join(" ", command);
    return script.contains(STAGED)
        ? List.of("/bin/sh", "-c", script.replace(STAGED, "\"$1\""), "sh", STAGED)
        : List.of("/bin/sh", "-c", script);
  }
}
