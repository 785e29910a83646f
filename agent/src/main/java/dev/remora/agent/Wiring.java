package dev.remora.agent;

import dev.remora.agent.config.AgentConfig;
import dev.remora.agent.config.Environment;
import dev.remora.agent.config.InvalidConfigException;
import dev.remora.agent.config.RegistryConfig;
import dev.remora.agent.output.BackupFiles;
import dev.remora.agent.output.Destinations;
import dev.remora.agent.output.LedgerFiles;
import dev.remora.agent.output.TemplateDirectory;
import dev.remora.agent.output.UnifiedDiff;
import dev.remora.agent.probe.NetworkProbes;
import dev.remora.agent.process.ForegroundPrograms;
import dev.remora.agent.process.OwnProcesses;
import dev.remora.agent.process.ProcessCommands;
import dev.remora.agent.process.ProcessSignals;
import dev.remora.agent.process.Reaper;
import dev.remora.agent.registry.Access;
import dev.remora.agent.registry.DataDirectory;
import dev.remora.agent.registry.EtcdRegistry;
import dev.remora.agent.registry.LeaseFile;
import dev.remora.agent.registry.LocalAddress;
import dev.remora.agent.registry.ServiceFile;
import dev.remora.agent.registry.ViewFile;
import dev.remora.agent.runner.Agent;
import dev.remora.agent.runner.ChildSpec;
import dev.remora.agent.runner.Evaluator;
import dev.remora.agent.runner.GroupSpec;
import dev.remora.agent.runner.Ports;
import dev.remora.agent.runner.RenderedGroup;
import dev.remora.agent.runner.SingleRender;
import dev.remora.agent.runner.Surroundings;
import dev.remora.agent.runner.TemplateSpec;
import dev.remora.agent.service.OwnRecord;
import dev.remora.agent.service.ServiceSpec;
import dev.remora.agent.template.Items;
import dev.remora.agent.template.TemplateResult;
import dev.remora.agent.template.Templates;
import dev.remora.agent.template.Values;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** Makes the rooms from a configuration and connects them. */
final class Wiring {
  private static final Logger LOG = LoggerFactory.getLogger(Wiring.class);
  private static final int WORKERS = 4;
  private static final Duration STOP_MAX = Duration.ofSeconds(10);

  private final AgentConfig config;
  private final Environment environment;
  private final String version;

  Wiring(AgentConfig config, Environment environment, String version) {
    this.config = config;
    this.environment = environment;
    this.version = version;
  }

  /** One event loop, few workers, and none of the file copies that Vert.x makes for class paths. */
  Vertx vertx() {
    return Vertx.vertx(
        new VertxOptions()
            .setEventLoopPoolSize(1)
            .setWorkerPoolSize(WORKERS)
            .setInternalBlockingPoolSize(WORKERS)
            .setFileSystemOptions(
                new FileSystemOptions()
                    .setFileCachingEnabled(false)
                    .setClassPathResolvingEnabled(false)));
  }

  /** How long stopping may take at most: the drain, and the time the registry may need for it. */
  Duration stopPatience() {
    ChildSpec child = config.child();
    Duration patience = config.drainWait().plus(STOP_MAX);
    return child == null ? patience : patience.plus(child.stopTimeout()).plus(STOP_MAX);
  }

  /** Makes the data directory and keeps other agents out of it. */
  DataDirectory dataDirectory() throws IOException {
    return DataDirectory.open(config.dataDir());
  }

  /** The edges; to be called on the context that the runner will use. */
  Ports ports(Vertx vertx) throws IOException {
    OwnProcesses processes = new OwnProcesses();
    ProcessCommands commands = new ProcessCommands(processes);
    Reaper.startIfFirst(processes);
    return new Ports(
        new EtcdRegistry(vertx, access()),
        commands,
        new ForegroundPrograms(processes),
        new ProcessSignals(),
        new NetworkProbes(vertx, commands),
        new Destinations(config.dataDir()),
        new BackupFiles(config.dataDir()),
        new LedgerFiles(config.dataDir()),
        new LeaseFile(config.dataDir()),
        new ServiceFile(config.dataDir()),
        new ViewFile(config.dataDir()));
  }

  /**
   * Reads what earlier lives have left.
   *
   * @throws IOException if a file cannot be read, or a service in it is not valid any more
   */
  Agent.Left left(Ports ports) throws IOException {
    TreeMap<String, Agent.LocalService> services = new TreeMap<>();
    for (var each : ports.services().load().entrySet()) {
      try {
        services.put(each.getKey(), local(each.getKey(), each.getValue()));
      } catch (InvalidConfigException e) {
        LOG.error("service {} of the local API is left out: {}", each.getKey(), e.problems());
      }
    }
    return new Agent.Left(ports.leases().load(), services, ports.view().load());
  }

  /** What a definition given to the local API means. */
  Agent.LocalService local(String id, String definition) throws InvalidConfigException {
    ServiceSpec spec =
        AgentConfig.readService(id, definition, config.node(), environment)
            .spec(config.node(), address());
    return new Agent.LocalService(definition, spec);
  }

  private String address() {
    return LocalAddress.towards(config.registry().endpoints().getFirst());
  }

  AgentConfig config() {
    return config;
  }

  Environment environment() {
    return environment;
  }

  String version() {
    return version;
  }

  /** How the registry is reached. */
  Access access() {
    RegistryConfig registry = config.registry();
    return new Access(
        registry.endpoints(),
        registry.requestTimeout(),
        registry.username(),
        registry.passwordFile(),
        registry.ca(),
        registry.certificate(),
        registry.key());
  }

  Agent.Settings settings() {
    String address = address();
    List<ServiceSpec> services =
        config.services().stream().map(service -> service.spec(config.node(), address)).toList();
    OwnRecord node = OwnRecord.ofNode(config.registry().prefix(), config.node(), address, version);
    return new Agent.Settings(
        surroundings(),
        config.leaseTtl(),
        config.drainWait(),
        node,
        services,
        config.guard(),
        groups(),
        config.child(),
        config.watches());
  }

  /** Removes what a killed agent left staged. Where that cannot be done, staging will say why. */
  void removeStale() {
    Destinations destinations = new Destinations(config.dataDir());
    try {
      destinations.removeStale();
    } catch (IOException e) {
      LOG.debug("stale files of the data directory not removed", e);
    }
    for (GroupSpec group : config.groups()) {
      for (TemplateSpec template : group.templates()) {
        try {
          destinations.removeStale(template);
        } catch (IOException e) {
          LOG.debug("stale files of {} not removed", template.destination(), e);
        }
      }
    }
  }

  /** Renders once and returns the exit code. */
  int renderOnce(boolean isDry, boolean showsDiff, Duration timeout) {
    Vertx vertx = vertx();
    try (DataDirectory _ = dataDirectory()) {
      removeStale();
      SingleRender.Options options =
          new SingleRender.Options(isDry, showsDiff, timeout, UnifiedDiff::of);
      SingleRender render =
          new SingleRender(
              vertx,
              vertx.getOrCreateContext(),
              ports(vertx),
              surroundings(),
              options,
              System.out,
              System.err);
      return render.run(groups()).exitCode();
    } catch (IOException e) {
      System.err.println("error: " + e.getMessage());
      return CommandLine.ExitCode.USAGE;
    } finally {
      var _ = vertx.close();
    }
  }

  /** What a template may know beside the registry. */
  Surroundings surroundings() {
    return new Surroundings(config.node(), config.registry().prefix(), environment::variable);
  }

  /** One engine for each directory, so that its templates share what is parsed. */
  private List<RenderedGroup> groups() {
    TreeMap<Path, Templates> engines = new TreeMap<>();
    Heap heap = new Heap();
    List<RenderedGroup> groups = new ArrayList<>();
    for (GroupSpec spec : config.groups()) {
      List<Evaluator> evaluators = new ArrayList<>();
      for (TemplateSpec template : spec.templates()) {
        Path directory = template.source().toAbsolutePath().getParent();
        Templates templates =
            engines.computeIfAbsent(
                directory, path -> new Templates(new TemplateDirectory(path), heap.limits(), heap));
        evaluators.add(new TemplateEvaluator(templates, template));
      }
      groups.add(new RenderedGroup(spec, evaluators));
    }
    return groups;
  }

  /** A template of a directory. */
  private record TemplateEvaluator(Templates templates, TemplateSpec spec) implements Evaluator {
    @Override
    public TemplateResult evaluate(Map<String, ?> given, Values values) {
      return templates.render(spec.source().getFileName().toString(), given, values);
    }

    @Override
    public Items items(Values values) {
      TemplateSpec.ForEach forEach = spec.forEach();
      return templates.items(
          "for_each.in", forEach == null ? "[]" : forEach.in(), Map.of(), values);
    }

    @Override
    public TemplateResult destination(Map<String, ?> given, Values values) {
      return templates.renderText("destination", spec.destination(), given, values);
    }
  }
}
