package dev.remora.agent.config;

import java.util.List;
import java.util.Set;

/** Keeps the staged file's path out of shell scripts, which would run what a path may contain. */
final class StagedPath {
  static final String ADVICE =
      "{staged} must not stand in a shell script; write \"$1\" there and give the path as an"
          + " argument: [sh, -c, 'grep x \"$1\"', sh, '{staged}']";

  private static final Set<String> SHELLS = Set.of("sh", "ash", "bash", "dash", "ksh", "zsh");

  private StagedPath() {}

  /** Whether a shell of this command would read the path as a part of its script. */
  static boolean isSpliced(List<String> command) {
    boolean isShell = false;
    for (int i = 0; i + 1 < command.size(); i++) {
      String word = command.get(i);
      isShell = isShell || SHELLS.contains(word.substring(word.lastIndexOf('/') + 1));
      if (isShell && word.matches("-[A-Za-z]*c")) {
        return command.get(i + 1).contains("{staged}");
      }
    }
    return false;
  }
}
