package dev.remora.agent.service;

import java.util.List;

/**
 * A service of this agent: what is registered, and how it is checked.
 *
 * @param instance its status is that of the checks
 * @param deregisterAfterMillis time in a critical status after which the record is taken out until
 *     the checks pass; {@link #NEVER} for none
 */
public record ServiceSpec(
    Instance instance, List<CheckSpec> checks, Damping damping, long deregisterAfterMillis) {
  public static final long NEVER = Long.MAX_VALUE;

  public ServiceSpec {
    checks = List.copyOf(checks);
  }

  /** Whether both are checked alike, so that what was found for one holds for the other. */
  public boolean isCheckedAs(ServiceSpec other) {
    return checks.equals(other.checks)
        && damping.equals(other.damping)
        && deregisterAfterMillis == other.deregisterAfterMillis;
  }
}
