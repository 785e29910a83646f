package dev.remora.agent.config;

import dev.remora.agent.view.GuardSettings;
import java.time.Duration;

/** Reads {@code guard}. */
final class Guards {
  private static final Duration HOLD_MAX = Duration.ofDays(1);
  private static final int INSTANCES_MAX = 1_000_000;

  private Guards() {}

  /** What is not given is as in the fallback. */
  static GuardSettings read(Section above, GuardSettings fallback) {
    Section guard = above.section("guard");
    int min = (int) guard.number("min_instances", fallback.minInstances(), 0, INSTANCES_MAX);
    String percent = guard.text("max_shrink", fallback.maxShrinkPercent() + "%");
    int shrink = fallback.maxShrinkPercent();
    if (percent.matches("[0-9]{1,2}%?|100%?")) {
      shrink = Integer.parseInt(percent.replace("%", ""));
    } else {
      guard.problem("max_shrink", "must be from 0% to 100%, but is '" + percent + "'");
    }
    Duration hold =
        AgentConfig.between(
            guard, "hold", Duration.ofMillis(fallback.holdMillis()), Duration.ZERO, HOLD_MAX);
    guard.finish();
    return new GuardSettings(min, shrink, hold.toMillis());
  }
}
