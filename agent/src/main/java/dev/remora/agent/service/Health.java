package dev.remora.agent.service;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Whether one instance can be used: the worst of its checks, unless it is draining, in maintenance,
 * or held because it flaps.
 *
 * <p>A held instance shows the worst it was seen in since, never better than its checks. One that
 * is critical for too long is not registered until it is better.
 *
 * <p>Not thread-safe; single writer. Times are milliseconds of one monotonic clock.
 */
public final class Health {
  private final ServiceSpec spec;
  private final List<Check> checks = new ArrayList<>();
  private final Damper damper;

  private CheckStatus actual;
  private CheckStatus held;
  private long criticalSince;
  private boolean isHeld;
  private boolean isKnown;
  private boolean isTooLong;
  private boolean isDraining;
  private @Nullable String maintenance;

  /**
   * What the registry should show.
   *
   * @param isRegistered false while the instance was critical for too long
   * @param reason why it is not simply what the checks say; empty if it is
   */
  public record Shown(Instance.Status status, boolean isRegistered, String reason) {}

  /** One check as a person wants to see it. */
  public record CheckState(CheckSpec spec, CheckStatus status, String reason) {}

  /** Begins with the checks' initial statuses. */
  public Health(ServiceSpec spec, long nowMillis) {
    this.spec = spec;
    this.damper = new Damper(spec.damping());
    spec.checks().forEach(check -> checks.add(new Check(check, nowMillis)));
    this.actual = worst();
    this.held = actual;
    this.criticalSince = nowMillis;
  }

  /** Takes the result of a check, by its place in the spec. */
  public void found(int check, CheckStatus result, String reason, long nowMillis) {
    checks.get(check).take(result, reason, nowMillis);
    settle(nowMillis);
  }

  /** Stands in for checks without a result: what an earlier life of this agent has shown last. */
  public void adopt(CheckStatus earlier, long nowMillis) {
    checks.forEach(check -> check.adopt(earlier));
    settle(nowMillis);
  }

  /** Takes the instance out of use for a reason, or with null back into it. */
  public void maintain(@Nullable String reason) {
    maintenance = reason;
  }

  /** Takes the instance out of use for good. */
  public void drain() {
    isDraining = true;
  }

  /** Whether it is in maintenance. */
  public boolean isInMaintenance() {
    return maintenance != null;
  }

  /** What to show at this time. */
  public Shown shown(long nowMillis) {
    settle(nowMillis);
    if (isDraining) {
      return new Shown(Instance.Status.DRAINING, !isTooLong, "");
    }
    if (maintenance != null) {
      return new Shown(Instance.Status.MAINTENANCE, !isTooLong, maintenance);
    }
    if (isTooLong) {
      String reason = "critical for " + spec.deregisterAfterMillis() + " ms: deregistered";
      return new Shown(held.shown(), false, reason);
    }
    return new Shown(held.shown(), true, isHeld ? flapping(nowMillis) : "");
  }

  private String flapping(long nowMillis) {
    return String.format(
        Locale.ROOT,
        "flapping: penalty %.1f, held until it is below %.1f, in %d s if it stays %s",
        damper.penalty(),
        spec.damping().reuse(),
        Math.max(0, damper.releaseAt() - nowMillis) / 1000,
        actual.text());
  }

  /** The checks as they are now, in their order. */
  public List<CheckState> checks() {
    return checks.stream()
        .map(check -> new CheckState(check.spec(), check.status(), check.reason()))
        .toList();
  }

  /** When {@link #shown} may change though nothing is found; empty for never. */
  public OptionalLong nextDeadline() {
    long next = Long.MAX_VALUE;
    for (Check check : checks) {
      next = Math.min(next, check.expiresAt());
    }
    if (isHeld) {
      next = Math.min(next, damper.releaseAt());
    }
    boolean isCounted = spec.deregisterAfterMillis() != ServiceSpec.NEVER && !isTooLong;
    if (isCounted && actual == CheckStatus.CRITICAL) {
      next = Math.min(next, criticalSince + spec.deregisterAfterMillis());
    }
    return next == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(next);
  }

  private void settle(long nowMillis) {
    checks.forEach(check -> check.expire(nowMillis));
    CheckStatus before = actual;
    actual = worst();
    if (actual != before) {
      // What the first results change is no flapping.
      if (isKnown) {
        damper.flap(nowMillis);
      }
      criticalSince = nowMillis;
    }
    isTooLong =
        actual == CheckStatus.CRITICAL && nowMillis - criticalSince >= spec.deregisterAfterMillis();
    isKnown = checks.stream().allMatch(Check::hasResult);
    boolean wasHeld = isHeld;
    isHeld = damper.isSuppressed(nowMillis);
    CheckStatus floor = wasHeld ? held : before;
    held = isHeld ? CheckStatus.worse(floor, actual) : actual;
  }

  private CheckStatus worst() {
    CheckStatus worst = CheckStatus.PASSING;
    for (Check check : checks) {
      worst = CheckStatus.worse(worst, check.status());
    }
    return worst;
  }
}
