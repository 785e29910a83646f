package dev.remora.agent.runner;

import dev.remora.agent.service.CheckStatus;
import dev.remora.agent.service.Probe;
import io.vertx.core.Future;

/** Looks at services. */
public interface Probes {
  /**
   * Looks once. The future never fails, completes on the runner's context and soon after the
   * timeout at the latest; by then everything the look has begun is ended.
   *
   * @param probe neither {@link Probe.Ttl} nor {@link Probe.Alias}: there is nothing to look at
   */
  Future<Finding> look(Probe probe, long timeoutMillis);

  /**
   * What was seen.
   *
   * @param reason in few words, without anything the service has said
   */
  record Finding(CheckStatus status, String reason) {}
}
