package dev.remora.agent.config;

import dev.remora.agent.runner.ChildSpec;
import dev.remora.agent.runner.GroupSpec;
import dev.remora.agent.runner.Listen;
import dev.remora.agent.runner.WatchSpec;
import dev.remora.agent.view.GuardSettings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one agent. Valid by construction through {@link #load}.
 *
 * @param node this agent's name in the registry; that of the pod or host by default
 * @param leaseTtl time after which a dead agent's records vanish, at least 5 s; 30 s by default
 * @param drainWait how long services are shown as draining before they go; 1 s by default
 * @param dataDir where ledgers and lease ids are kept
 * @param listen where the local API is; 127.0.0.1:8600 by default
 * @param listenHealth where what a kubelet and Prometheus ask for is served besides; nowhere by
 *     default
 * @param servicesDir directory of definition files, or null for none
 * @param services those of the configuration, of {@code servicesDir} and of the pod
 * @param child the program that is supervised, or null for none
 * @param warnings what is ignored, though it was said
 */
public record AgentConfig(
    String node,
    RegistryConfig registry,
    Duration leaseTtl,
    Duration drainWait,
    Path dataDir,
    Listen listen,
    Listen listenHealth,
    @Nullable Path servicesDir,
    List<ServiceConfig> services,
    GuardSettings guard,
    List<GroupSpec> groups,
    @Nullable ChildSpec child,
    List<WatchSpec> watches,
    List<String> warnings) {
  private static final Duration LEASE_TTL_MIN = Duration.ofSeconds(5);
  private static final Duration LEASE_TTL_MAX = Duration.ofDays(1);
  private static final Duration DRAIN_WAIT_MAX = Duration.ofMinutes(10);

  private static final Pattern LISTEN =
      Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[^\\s/:\\[\\]]*):([0-9]{1,5})");

  public AgentConfig {
    services = List.copyOf(services);
    groups = List.copyOf(groups);
    watches = List.copyOf(watches);
    warnings = List.copyOf(warnings);
  }

  /**
   * Reads a file, or all {@code *.yaml} files of a directory.
   *
   * @throws InvalidConfigException naming every mistake found, not only the first
   */
  public static AgentConfig load(Path path, Environment environment) throws InvalidConfigException {
    List<String> problems = new ArrayList<>();
    Setting.Fields fields = new ConfigFiles(environment, problems).read(path);
    AgentConfig config = read(new Section("", fields, problems), environment, problems);
    if (!problems.isEmpty()) {
      throw new InvalidConfigException(problems);
    }
    return config;
  }

  private static AgentConfig read(Section root, Environment environment, List<String> problems) {
    String node = Names.segment(root, "node", root.text("node", hostName(environment)));
    RegistryConfig registry = RegistryConfig.read(root);
    Duration leaseTtl =
        between(root, "lease_ttl", Duration.ofSeconds(30), LEASE_TTL_MIN, LEASE_TTL_MAX);
    Duration drainWait =
        between(root, "drain_wait", Duration.ofSeconds(1), Duration.ZERO, DRAIN_WAIT_MAX);
    Path dataDir = root.file("data_dir");
    Listen listen = listen(root, "listen", "127.0.0.1:8600");
    Listen listenHealth = listen(root, "listen_health", "off");
    Path servicesDir = root.file("services_dir");
    List<String> warnings = new ArrayList<>();
    Definitions definitions = new Definitions(node, environment, problems, warnings);
    List<ServiceConfig> services = new ArrayList<>(definitions.listed(root));
    services.addAll(definitions.directory(servicesDir));
    services.addAll(definitions.pod());
    GuardSettings guard = Guards.read(root, GuardSettings.OFF);
    List<GroupSpec> groups = Groups.readAll(root, guard);
    ChildSpec child = Children.read(root);
    List<WatchSpec> watches = root.sections("watches", AgentConfig::readWatch);
    root.finish();
    return new AgentConfig(
        node,
        registry,
        leaseTtl,
        drainWait,
        dataDir == null ? defaultDataDir(environment) : dataDir,
        listen,
        listenHealth,
        servicesDir,
        services,
        guard,
        groups,
        child,
        watches,
        warnings);
  }

  /** What holds where nothing is configured. */
  public static AgentConfig defaults(Environment environment) throws InvalidConfigException {
    List<String> problems = new ArrayList<>();
    Setting.Fields nothing = new Setting.Fields(new Setting.Mark(Path.of("defaults"), 1), Map.of());
    AgentConfig config = read(new Section("", nothing, problems), environment, problems);
    if (!problems.isEmpty()) {
      throw new InvalidConfigException(problems);
    }
    return config;
  }

  /**
   * Reads a service that a request to the local API defines.
   *
   * @param id the one of the request's path
   * @throws InvalidConfigException naming every mistake found
   */
  public static ServiceConfig readService(
      String id, String json, String node, Environment environment) throws InvalidConfigException {
    List<String> problems = new ArrayList<>();
    ServiceConfig service =
        new Definitions(node, environment, problems, new ArrayList<>()).body(id, json);
    if (service == null || !problems.isEmpty()) {
      throw new InvalidConfigException(problems);
    }
    return service;
  }

  /** This one, with what a running agent can take over of a fresh one. */
  public AgentConfig with(AgentConfig fresh) {
    return new AgentConfig(
        node,
        registry,
        leaseTtl,
        fresh.drainWait,
        dataDir,
        listen,
        listenHealth,
        fresh.servicesDir,
        fresh.services,
        fresh.guard,
        fresh.groups,
        child,
        fresh.watches,
        fresh.warnings);
  }

  /** The files and directories whose change calls for reading it anew. */
  public List<Path> sources(Path loaded, Environment environment) {
    List<Path> sources = new ArrayList<>();
    sources.add(loaded);
    sources.add(Definitions.annotations(environment));
    if (servicesDir != null) {
      sources.add(servicesDir);
    }
    return sources;
  }

  private static Listen listen(Section root, String key, String fallback) {
    String text = root.text(key, fallback);
    if (text.equals("off")) {
      return new Listen.Off();
    }
    if (text.startsWith("unix:") && text.length() > "unix:".length()) {
      return new Listen.Unix(Path.of(text.substring("unix:".length())).toAbsolutePath());
    }
    Matcher matcher = LISTEN.matcher(text);
    if (matcher.matches() && Integer.parseInt(matcher.group(2)) <= 65_535) {
      String host = matcher.group(1).isEmpty() ? "127.0.0.1" : matcher.group(1);
      return new Listen.Tcp(host.replaceAll("[\\[\\]]", ""), Integer.parseInt(matcher.group(2)));
    }
    root.problem(key, "must be host:port, :port, unix:PATH or off, but is '" + text + "'");
    return new Listen.Off();
  }

  private static WatchSpec readWatch(Section watch) {
    String prefix = watch.required("prefix");
    if (!watch.has("command")) {
      watch.required("command");
    }
    List<String> command = Shell.read(watch, watch.command("command"));
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
