package dev.remora.agent.config;

import dev.remora.agent.runner.ChildSpec;
import dev.remora.agent.runner.SignalName;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code child}. */
final class Children {
  private static final Duration BACK_OFF_MIN = Duration.ofSeconds(1);
  private static final Duration BACK_OFF_MAX = Duration.ofMinutes(1);

  private Children() {}

  /** What is supervised; null for nothing. */
  static @Nullable ChildSpec read(Section root) {
    if (!root.has("child")) {
      return null;
    }
    Section child = root.section("child");
    if (!child.has("command")) {
      child.required("command");
    }
    List<String> command = Shell.read(child, child.command("command"));
    String reload = child.text("reload_signal");
    String reloadSignal = reload == null ? null : SignalName.plain(reload);
    if (reloadSignal != null) {
      Targets.signalName(child, "reload_signal", reloadSignal);
    }
    String stopSignal = SignalName.plain(child.text("stop_signal", "TERM"));
    Targets.signalName(child, "stop_signal", stopSignal);
    Section restart = child.section("restart");
    ChildSpec.Restart policy = policy(restart);
    Section backOff = restart.section("back_off");
    Duration min =
        AgentConfig.between(backOff, "min", BACK_OFF_MIN, Groups.TIMEOUT_MIN, Groups.TIMEOUT_MAX);
    Duration max =
        AgentConfig.between(backOff, "max", max(min), Groups.TIMEOUT_MIN, Groups.TIMEOUT_MAX);
    if (max.compareTo(min) < 0) {
      backOff.problem("max", "must not be less than min");
      max = min;
    }
    backOff.finish();
    restart.finish();
    ChildSpec spec =
        new ChildSpec(
            command,
            child.textMap("env"),
            reloadSignal,
            stopSignal,
            Groups.timeout(child, "stop_timeout"),
            policy,
            min,
            max);
    child.finish();
    return spec;
  }

  private static Duration max(Duration min) {
    return min.compareTo(BACK_OFF_MAX) > 0 ? min : BACK_OFF_MAX;
  }

  private static ChildSpec.Restart policy(Section restart) {
    String text = restart.text("policy", "on-failure");
    return switch (text) {
      case "always" -> ChildSpec.Restart.ALWAYS;
      case "on-failure" -> ChildSpec.Restart.ON_FAILURE;
      case "never" -> ChildSpec.Restart.NEVER;
      default -> {
        restart.problem("policy", "must be always, on-failure or never, but is '" + text + "'");
        yield ChildSpec.Restart.ON_FAILURE;
      }
    };
  }
}
