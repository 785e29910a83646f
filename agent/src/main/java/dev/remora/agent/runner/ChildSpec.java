package dev.remora.agent.runner;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The program that the agent supervises.
 *
 * @param environment beside the agent's own
 * @param reloadSignal what tells it to read its files anew, or null: it is restarted
 * @param stopSignal what asks it to end
 * @param stopTimeout after which it is killed with all it has started
 * @param backOffMin upper bound of the first wait before a restart; doubles with each
 * @param backOffMax upper bound of every wait
 */
public record ChildSpec(
    List<String> command,
    Map<String, String> environment,
    @Nullable String reloadSignal,
    String stopSignal,
    Duration stopTimeout,
    Restart restart,
    Duration backOffMin,
    Duration backOffMax) {
  public ChildSpec {
    command = List.copyOf(command);
    environment = Collections.unmodifiableMap(new TreeMap<>(environment));
  }

  /** When it is started again after it has ended by itself. */
  public enum Restart {
    ALWAYS,
    ON_FAILURE,
    NEVER
  }
}
