package dev.remora.agent.config;

import dev.remora.agent.runner.ReloadSpec;
import dev.remora.agent.runner.SignalName;
import dev.remora.agent.service.Probe;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code reload}: one way to tell a program, or a list of them. */
final class Targets {
  private static final List<String> KINDS = List.of("command", "http", "signal", "child");
  private static final int TARGETS_MAX = 100;

  private final boolean hasChild;

  Targets(boolean hasChild) {
    this.hasChild = hasChild;
  }

  List<ReloadSpec> read(Section group) {
    if (group.isList("reload")) {
      List<ReloadSpec> all = group.sections("reload", this::one);
      if (all.size() > TARGETS_MAX) {
        group.problem("reload", "must be at most " + TARGETS_MAX);
      }
      return all;
    }
    if (!group.has("reload")) {
      return List.of();
    }
    ReloadSpec only = one(group.section("reload"));
    return only == null ? List.of() : List.of(only);
  }

  private @Nullable ReloadSpec one(Section section) {
    List<String> given = KINDS.stream().filter(section::has).toList();
    Duration timeout = Groups.timeout(section, "timeout");
    if (given.size() != 1) {
      section.known("command", "http", "signal", "child", "shell");
      // Who mistyped the only one is told of that.
      if (given.size() > 1 || List.of("timeout", "shell").containsAll(section.keys())) {
        String second = given.isEmpty() ? "" : given.get(1);
        section.problem(second, "must be exactly one of " + String.join(", ", KINDS));
      }
      section.finish();
      return null;
    }
    ReloadSpec reload =
        switch (given.getFirst()) {
          case "command" ->
              new ReloadSpec.Command(Shell.read(section, section.command("command")), timeout);
          case "http" -> new ReloadSpec.Http(http(section.section("http")), timeout);
          case "signal" -> signal(section.section("signal"));
          default -> child(section);
        };
    section.finish();
    return reload;
  }

  private static Probe.Http http(Section section) {
    section.required("url");
    Probe.Http request = Checks.http(section, "url", "POST");
    section.finish();
    return request;
  }

  private static @Nullable ReloadSpec signal(Section section) {
    String name = SignalName.plain(section.text("signal", "HUP"));
    signalName(section, "signal", name);
    boolean hasFile = section.has("pid_file");
    Path file = section.file("pid_file");
    String process = section.text("process");
    if (hasFile == section.has("process")) {
      section.problem("", "must have exactly one of pid_file, process");
    }
    section.finish();
    if (file != null) {
      return new ReloadSpec.Signal(new ReloadSpec.Target.PidFile(file), name);
    }
    return process == null
        ? null
        : new ReloadSpec.Signal(new ReloadSpec.Target.Named(process), name);
  }

  /** Reports what is not the name of a signal. */
  static void signalName(Section section, String key, String name) {
    if (SignalName.number(name).isEmpty()) {
      section.problem(key, "must be one of " + SignalName.all() + ", but is '" + name + "'");
    }
  }

  private ReloadSpec child(Section section) {
    String how = section.text("child", "");
    if (!how.equals("reload") && !how.equals("restart")) {
      section.problem("child", "must be reload or restart, but is '" + how + "'");
    } else if (!hasChild) {
      section.problem("child", "there is no child to " + how);
    }
    return new ReloadSpec.Child(how.equals("restart"));
  }
}
