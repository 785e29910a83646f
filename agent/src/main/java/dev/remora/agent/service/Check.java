package dev.remora.agent.service;

/**
 * One check: its status behind the thresholds.
 *
 * <p>The first result counts at once; after it, a change takes as many equal results in a row as
 * its threshold says. A warning is a success.
 */
final class Check {
  private final CheckSpec spec;
  private CheckStatus status;
  private String reason = "no result yet";
  private boolean hasResult;
  private int successes;
  private int failures;

  /** When a silent application counts as failed; only for {@link Probe.Ttl}. */
  private long expiresAt = Long.MAX_VALUE;

  Check(CheckSpec spec, long nowMillis) {
    this.spec = spec;
    this.status = spec.initial();
    awaitBeat(nowMillis);
  }

  CheckSpec spec() {
    return spec;
  }

  CheckStatus status() {
    return status;
  }

  String reason() {
    return reason;
  }

  boolean hasResult() {
    return hasResult;
  }

  long expiresAt() {
    return expiresAt;
  }

  /** Stands in for a first result, which still counts at once when it comes. */
  void adopt(CheckStatus earlier) {
    if (!hasResult) {
      status = earlier;
      reason = "from before the restart";
    }
  }

  void take(CheckStatus result, String why, long nowMillis) {
    reason = why;
    if (result == CheckStatus.CRITICAL) {
      successes = 0;
      failures++;
    } else {
      failures = 0;
      successes = hasResult ? successes + 1 : spec.successBeforePassing();
    }
    if (successes >= spec.successBeforePassing()) {
      status = result;
    }
    if (failures >= spec.failuresBeforeCritical() || (!hasResult && failures > 0)) {
      status = CheckStatus.CRITICAL;
    } else if (failures >= spec.failuresBeforeWarning()) {
      status = CheckStatus.worse(status, CheckStatus.WARNING);
    }
    hasResult = true;
    awaitBeat(nowMillis);
  }

  /** The application was silent for too long: that is not a result to be counted. */
  void expire(long nowMillis) {
    if (nowMillis >= expiresAt && spec.probe() instanceof Probe.Ttl(long millis)) {
      hasResult = true;
      successes = 0;
      status = CheckStatus.CRITICAL;
      reason = "no report for " + millis + " ms; the last one: " + reason;
      expiresAt = Long.MAX_VALUE;
    }
  }

  private void awaitBeat(long nowMillis) {
    if (spec.probe() instanceof Probe.Ttl(long millis)) {
      expiresAt = nowMillis + millis;
    }
  }
}
