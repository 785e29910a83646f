package dev.remora.agent.runner;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Words for how a check or a reload ended. */
final class CommandOutcome {
  /** Stands for the staged file in a check's arguments. */
  private static final String STAGED = "{staged}";

  private CommandOutcome() {}

  /** The command with the staged file's path in its place. */
  static Commands.Command check(List<String> arguments, Path staged, Duration timeout) {
    List<String> filled =
        arguments.stream().map(each -> each.replace(STAGED, staged.toString())).toList();
    return new Commands.Command(filled, "", timeout);
  }

  /**
   * Why it failed, or null if it succeeded. What it printed is left out: it may quote the file, and
   * values of keys with it.
   */
  static @Nullable String failure(String what, List<String> command, Commands.Result result) {
    String subject = what + " " + command.getFirst();
    return switch (result) {
      case Commands.Result.Exited(int code, _) when code == 0 -> null;
      case Commands.Result.Exited(int code, _) -> subject + " exited with " + code;
      case Commands.Result.TimedOut _ -> subject + " was killed at its timeout";
      case Commands.Result.NotStarted(String reason) -> subject + " did not start: " + reason;
    };
  }

  /** The last of what it printed. */
  static String output(Commands.Result result) {
    return switch (result) {
      case Commands.Result.Exited(_, String output) -> output;
      case Commands.Result.TimedOut(String output) -> output;
      case Commands.Result.NotStarted _ -> "";
    };
  }
}
