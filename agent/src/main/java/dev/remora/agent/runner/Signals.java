package dev.remora.agent.runner;

import java.io.IOException;

/** Sends signals to processes that the agent has not started. */
public interface Signals {
  /**
   * Sends one; blocks.
   *
   * @param signal by name, such as {@code HUP}
   * @throws IOException if there is no such process, or none that can be told for sure
   */
  void send(ReloadSpec.Target target, String signal) throws IOException;
}
