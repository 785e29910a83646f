package dev.remora.agent.runner;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Programs that run in the place of the agent, in the foreground. */
public interface Programs {
  /**
   * Starts one.
   *
   * @param environment beside the agent's own
   * @throws IOException if it cannot be started
   */
  Running start(List<String> arguments, Map<String, String> environment) throws IOException;

  /** A program that was started. Its stages complete on any thread. */
  interface Running {
    /** Its exit code, once it has ended. */
    CompletionStage<Integer> exit();

    /** Asks it and all it has started to end, and kills them if they do not. */
    CompletionStage<Integer> stop();

    /**
     * Asks it alone to end, by this signal, and kills it with all it has started at the timeout.
     */
    CompletionStage<Integer> stop(String signal, Duration timeout);

    /**
     * Sends it a signal, by name such as {@code HUP}; blocks.
     *
     * @throws IOException if it has ended, or the signal cannot be sent
     */
    void signal(String name) throws IOException;
  }
}
