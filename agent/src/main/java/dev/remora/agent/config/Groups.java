package dev.remora.agent.config;

import dev.remora.agent.runner.GroupSpec;
import dev.remora.agent.runner.ReloadLimit;
import dev.remora.agent.runner.ReloadSpec;
import dev.remora.agent.runner.TemplateSpec;
import dev.remora.agent.runner.VerifySpec;
import dev.remora.agent.service.Probe;
import dev.remora.agent.view.GuardSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code groups}, and {@code templates}, each of which is a group of its own. */
final class Groups {
  static final Duration TIMEOUT_MIN = Duration.ofMillis(10);
  static final Duration TIMEOUT_MAX = Duration.ofHours(1);
  static final Duration TIMEOUT_DEFAULT = Duration.ofSeconds(30);
  private static final Duration WITHIN_DEFAULT = Duration.ofSeconds(10);

  /** With only {@code settle.min} given, a steady stream of changes is held this many times it. */
  private static final int SETTLE_MAX_FACTOR = 4;

  private static final int BACKUPS_DEFAULT = 1;
  private static final int BACKUPS_MAX = 100;
  private static final int TEMPLATES_MAX = 1_000;
  private static final Pattern LIMIT = Pattern.compile("([1-9][0-9]{0,5})/([0-9]{1,9})(ms|s|m|h)");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
  private static final List<String> OF_GROUP =
      List.of(
          "check",
          "check_timeout",
          "reload",
          "guard",
          "settle",
          "verify",
          "backups",
          "max_reloads",
          "freeze_key",
          "shell");

  private final Templates templates = new Templates();
  private final TreeSet<String> names = new TreeSet<>();
  private final GuardSettings fallback;
  private final boolean hasChild;

  private Groups(GuardSettings fallback, boolean hasChild) {
    this.fallback = fallback;
    this.hasChild = hasChild;
  }

  /** A group without a guard of its own has that of all. */
  static List<GroupSpec> readAll(Section root, GuardSettings guard) {
    Groups groups = new Groups(guard, root.has("child"));
    List<GroupSpec> all = new ArrayList<>(root.sections("templates", groups::single));
    all.addAll(root.sections("groups", groups::several));
    return all;
  }

  private @Nullable GroupSpec single(Section section) {
    TemplateSpec template = templates.read(section, section.place(""));
    String name = template == null ? "" : template.destination();
    boolean isDirectory = template != null && template.forEach() != null;
    GroupSpec group =
        read(section, name, isDirectory, template == null ? List.of() : List.of(template));
    section.finish();
    return group;
  }

  private @Nullable GroupSpec several(Section section) {
    String name = section.required("name");
    if (!name.isEmpty() && !NAME.matcher(name).matches()) {
      section.problem("name", "must be of letters, digits, '.', '_' and '-'");
    } else if (!name.isEmpty() && !names.add(name)) {
      section.problem("name", "is the name of another group already");
    }
    List<TemplateSpec> made =
        section.sections(
            "templates",
            below -> {
              TemplateSpec template = templates.read(below, name);
              OF_GROUP.stream()
                  .filter(below::has)
                  .forEach(key -> below.problem(key, "is a key of the group, not of a template"));
              below.known(OF_GROUP.toArray(String[]::new));
              below.finish();
              return template;
            });
    if (!section.has("templates")) {
      section.required("templates");
    } else if (made.size() > TEMPLATES_MAX) {
      section.problem("templates", "must be at most " + TEMPLATES_MAX);
    }
    GroupSpec group = read(section, name, true, made);
    section.finish();
    return group;
  }

  private @Nullable GroupSpec read(
      Section section, String name, boolean isDirectory, List<TemplateSpec> made) {
    GuardSettings guard = Guards.read(section, fallback);
    List<String> check = section.command("check");
    if (StagedPath.isSpliced(check)) {
      section.problem("check", StagedPath.ADVICE);
    }
    check = Shell.read(section, check);
    Duration checkTimeout = timeout(section, "check_timeout");
    Duration settleMin = Duration.ZERO;
    Duration settleMax = Duration.ZERO;
    if (section.has("settle")) {
      Section settle = section.section("settle");
      settleMin = AgentConfig.between(settle, "min", Duration.ZERO, Duration.ZERO, TIMEOUT_MAX);
      settleMax = settleMax(settle, settleMin);
      settle.finish();
    }
    List<ReloadSpec> reloads = new Targets(hasChild).read(section);
    VerifySpec verify = verify(section);
    int backups = (int) section.number("backups", BACKUPS_DEFAULT, 0, BACKUPS_MAX);
    if (verify != null && backups == 0) {
      section.problem("backups", "must be at least 1, since verify may return to an earlier one");
    }
    ReloadLimit limit = limit(section);
    String freezeKey = section.text("freeze_key");
    if (freezeKey != null && !freezeKey.startsWith("/")) {
      section.problem("freeze_key", "must be a key of the registry, which begins with /");
    }
    return made.isEmpty()
        ? null
        : new GroupSpec(
            name,
            isDirectory,
            made,
            check,
            checkTimeout,
            reloads,
            guard,
            settleMin,
            settleMax,
            verify,
            backups,
            limit,
            freezeKey);
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

  private static @Nullable VerifySpec verify(Section above) {
    if (!above.has("verify")) {
      return null;
    }
    Section section = above.section("verify");
    List<String> given = List.of("http", "tcp", "command").stream().filter(section::has).toList();
    if (given.size() != 1) {
      section.problem("", "must be exactly one of http, tcp, command");
      section.known("http", "tcp", "command", "shell", "within");
      section.finish();
      return null;
    }
    Probe probe =
        switch (given.getFirst()) {
          case "http" -> Checks.http(section);
          case "tcp" -> Checks.tcp(section);
          default -> new Probe.Command(Shell.read(section, section.command("command")));
        };
    Duration within =
        AgentConfig.between(section, "within", WITHIN_DEFAULT, TIMEOUT_MIN, TIMEOUT_MAX);
    section.finish();
    return new VerifySpec(probe, within);
  }

  private static @Nullable ReloadLimit limit(Section section) {
    String text = section.text("max_reloads");
    if (text == null) {
      return null;
    }
    Matcher matcher = LIMIT.matcher(text);
    if (!matcher.matches()) {
      section.problem(
          "max_reloads", "must be a number in a time such as 10/1h, but is '" + text + "'");
      return null;
    }
    long amount = Long.parseLong(matcher.group(2));
    Duration period =
        switch (matcher.group(3)) {
          case "ms" -> Duration.ofMillis(amount);
          case "s" -> Duration.ofSeconds(amount);
          case "m" -> Duration.ofMinutes(amount);
          default -> Duration.ofHours(amount); // The pattern leaves no other unit.
        };
    if (period.compareTo(TIMEOUT_MIN) < 0 || period.compareTo(Duration.ofDays(30)) > 0) {
      section.problem("max_reloads", "must be of a time from 10ms to 720h");
      return null;
    }
    return new ReloadLimit(Integer.parseInt(matcher.group(1)), period);
  }

  static Duration timeout(Section section, String key) {
    return AgentConfig.between(section, key, TIMEOUT_DEFAULT, TIMEOUT_MIN, TIMEOUT_MAX);
  }
}
