package dev.remora.agent.config;

import dev.remora.agent.runner.GroupSpec;
import dev.remora.agent.runner.WatchSpec;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The settings of one agent. Valid by construction through {@link #load}.
 *
 * @param node this agent's name in the registry; that of the pod or host by default
 * @param leaseTtl time after which a dead agent's records vanish, at least 5 s; 30 s by default
 * @param drainWait how long services are shown as draining before they go; 1 s by default
 * @param dataDir where ledgers and lease ids are kept
 */
public record AgentConfig(
    String node,
    RegistryConfig registry,
    Duration leaseTtl,
    Duration drainWait,
    Path dataDir,
    List<ServiceConfig> services,
    List<GroupSpec> groups,
    List<WatchSpec> watches) {
  private static final Duration LEASE_TTL_MIN = Duration.ofSeconds(5);
  private static final Duration LEASE_TTL_MAX = Duration.ofDays(1);
  private static final Duration DRAIN_WAIT_MAX = Duration.ofMinutes(10);

  public AgentConfig {
    services = List.copyOf(services);
    groups = List.copyOf(groups);
    watches = List.copyOf(watches);
  }

  /**
   * Reads a file, or all {@code *.yaml} files of a directory.
   *
   * @throws InvalidConfigException naming every mistake found, not only the first
   */
  public static AgentConfig load(Path path, Environment environment) throws InvalidConfigException {
    List<String> problems = new ArrayList<>();
    Setting.Fields fields = new ConfigFiles(environment, problems).read(path);
    AgentConfig config = read(new Section("", fields, problems), environment);
    if (!problems.isEmpty()) {
      throw new InvalidConfigException(problems);
    }
    return config;
  }

  private static AgentConfig read(Section root, Environment environment) {
    root.notYet("listen", "services_dir", "guard", "groups", "child", "shell");
    String node = Names.segment(root, "node", root.text("node", hostName(environment)));
    RegistryConfig registry = RegistryConfig.read(root);
    Duration leaseTtl =
        between(root, "lease_ttl", Duration.ofSeconds(30), LEASE_TTL_MIN, LEASE_TTL_MAX);
    Duration drainWait =
        between(root, "drain_wait", Duration.ofSeconds(1), Duration.ZERO, DRAIN_WAIT_MAX);
    Path dataDir = root.file("data_dir");
    List<ServiceConfig> services = ServiceConfig.readAll(root, node, environment);
    List<GroupSpec> groups = Templates.readAll(root);
    List<WatchSpec> watches = root.sections("watches", AgentConfig::readWatch);
    root.finish();
    return new AgentConfig(
        node,
        registry,
        leaseTtl,
        drainWait,
        dataDir == null ? defaultDataDir(environment) : dataDir,
        services,
        groups,
        watches);
  }

  private static WatchSpec readWatch(Section watch) {
    watch.notYet("shell");
    String prefix = watch.required("prefix");
    if (!watch.has("command")) {
      watch.required("command");
    }
    List<String> command = watch.command("command");
    watch.finish();
    return new WatchSpec(prefix, command);
  }

  static Duration between(
      Section section, String key, Duration fallback, Duration min, Duration max) {
    Duration value = section.duration(key, fallback);
    if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
      section.problem(
          key, "must be from " + shown(min) + " to " + shown(max) + ", but is " + shown(value));
      return fallback;
    }
    return value;
  }

  private static String shown(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + "s"
        : duration.toMillis() + "ms";
  }

  private static String hostName(Environment environment) {
    for (String variable : List.of("POD_NAME", "HOSTNAME")) {
      String named = environment.variable(variable).orElse("");
      if (!named.isBlank()) {
        return named;
      }
    }
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException _) {
      return "localhost";
    }
  }

  private static Path defaultDataDir(Environment environment) {
    String given = environment.variable("STATE_DIRECTORY").orElse("");
    // systemd joins several directories with colons; the first is ours.
    String first = given.split(":", 2)[0];
    return first.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".local", "state", "remora-agent")
        : Path.of(first);
  }
}
