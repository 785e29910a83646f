package dev.remora.agent.runner;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Runs programs: checks, reloads, watch commands. */
public interface Commands {
  /**
   * Starts a program and completes, always normally, when it has ended. Does not block; completes
   * on any thread. At the timeout its whole process tree is killed.
   */
  CompletionStage<Result> run(Command command);

  /**
   * A program to run.
   *
   * @param arguments the program and its arguments, never read by a shell
   * @param standardInput given to the program as UTF-8, then closed
   */
  record Command(List<String> arguments, String standardInput, Duration timeout) {
    public Command {
      arguments = List.copyOf(arguments);
    }
  }

  /** How it ended. */
  sealed interface Result {
    /**
     * It ran to its end.
     *
     * @param output the last 4 KiB of what it printed, for the error line
     */
    record Exited(int code, String output) implements Result {}

    /** It was killed at its timeout. */
    record TimedOut(String output) implements Result {}

    /** It could not be started: no such file, no permission. */
    record NotStarted(String reason) implements Result {}
  }
}
