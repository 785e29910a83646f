package dev.remora.agent.runner;

import dev.remora.agent.service.Health;
import dev.remora.agent.service.Instance;
import java.util.List;

/**
 * A service of this agent, for people.
 *
 * @param isRegistered whether it belongs into the registry now
 * @param reason why the status is not simply what the checks say; empty if it is
 * @param isLocal whether it was registered through the local API
 */
public record ServiceState(
    Instance instance,
    boolean isRegistered,
    String reason,
    boolean isLocal,
    List<Health.CheckState> checks) {
  public ServiceState {
    checks = List.copyOf(checks);
  }
}
