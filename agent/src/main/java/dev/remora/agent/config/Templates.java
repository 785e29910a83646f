package dev.remora.agent.config;

import dev.remora.agent.runner.GroupSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads {@code templates}. */
final class Templates {
  private static final Duration TIMEOUT_MIN = Duration.ofMillis(10);
  private static final Duration TIMEOUT_MAX = Duration.ofHours(1);
  private static final Duration TIMEOUT_DEFAULT = Duration.ofSeconds(30);

  /** With only {@code settle.min} given, a steady stream of changes is held this many times it. */
  private static final int SETTLE_MAX_FACTOR = 4;

  private Templates() {}

  static List<GroupSpec> readAll(Section root) {
    TreeSet<Path> destinations = new TreeSet<>();
    return root.sections(
        "templates",
        section -> {
          GroupSpec group = read(section);
          if (group != null && !destinations.add(group.destination())) {
            section.problem("destination", "is made by another template already");
          }
          return group;
        });
  }

  private static @Nullable GroupSpec read(Section section) {
    section.notYet(
        "owner",
        "group",
        "format",
        "sensitive",
        "write",
        "for_each",
        "verify",
        "backups",
        "max_reloads",
        "freeze_key",
        "guard",
        "shell");
    section.required("source");
    section.required("destination");
    Path source = section.file("source");
    Path destination = section.file("destination");
    if (source != null && !Files.isReadable(source)) {
      section.problem("source", "no readable file " + source);
    }
    Integer mode = mode(section);
    List<String> check = section.command("check");
    if (StagedPath.isSpliced(check)) {
      section.problem("check", StagedPath.ADVICE);
    }
    Duration checkTimeout = timeout(section, "check_timeout");
    Duration settleMin = Duration.ZERO;
    Duration settleMax = Duration.ZERO;
    if (section.has("settle")) {
      Section settle = section.section("settle");
      settleMin = AgentConfig.between(settle, "min", Duration.ZERO, Duration.ZERO, TIMEOUT_MAX);
      settleMax = settleMax(settle, settleMin);
      settle.finish();
    }
    List<String> reload = List.of();
    Duration reloadTimeout = TIMEOUT_DEFAULT;
    if (section.isList("reload")) {
      section.problem("reload", "a list of reloads is not supported yet");
    } else if (section.has("reload")) {
      Section below = section.section("reload");
      below.notYet("http", "signal", "child", "shell");
      reload = below.command("command");
      reloadTimeout = timeout(below, "timeout");
      below.finish();
    }
    section.finish();
    return source == null || destination == null
        ? null
        : new GroupSpec(
            source,
            destination,
            mode,
            check,
            checkTimeout,
            reload,
            reloadTimeout,
            settleMin,
            settleMax);
  }

  private static Duration settleMax(Section settle, Duration min) {
    Duration max =
        AgentConfig.between(
            settle, "max", min.multipliedBy(SETTLE_MAX_FACTOR), Duration.ZERO, TIMEOUT_MAX);
    if (max.compareTo(min) < 0) {
      settle.problem("max", "must not be less than min");
    }
    return max;
  }

  private static Duration timeout(Section section, String key) {
    return AgentConfig.between(section, key, TIMEOUT_DEFAULT, TIMEOUT_MIN, TIMEOUT_MAX);
  }

  private static @Nullable Integer mode(Section section) {
    String text = section.text("mode");
    if (text == null) {
      return null;
    }
    if (text.matches("0?[0-7]{3}")) {
      return Integer.parseInt(text, 8);
    }
    section.problem("mode", "must be three octal digits such as 0640, but is '" + text + "'");
    return null;
  }
}
