package dev.remora.agent;

import dev.remora.agent.config.AgentConfig;
import dev.remora.agent.config.Environment;
import dev.remora.agent.config.ServiceConfig;
import dev.remora.agent.output.Destinations;
import dev.remora.agent.output.LedgerFiles;
import dev.remora.agent.output.TemplateDirectory;
import dev.remora.agent.output.UnifiedDiff;
import dev.remora.agent.process.ProcessCommands;
import dev.remora.agent.registry.DataDirectory;
import dev.remora.agent.registry.EtcdRegistry;
import dev.remora.agent.registry.LeaseFile;
import dev.remora.agent.registry.LocalAddress;
import dev.remora.agent.runner.Agent;
import dev.remora.agent.runner.GroupSpec;
import dev.remora.agent.runner.Ports;
import dev.remora.agent.runner.RenderedGroup;
import dev.remora.agent.runner.SingleRender;
import dev.remora.agent.runner.Surroundings;
import dev.remora.agent.service.Instance;
import dev.remora.agent.service.OwnRecord;
import dev.remora.agent.template.Limits;
import dev.remora.agent.template.Templates;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** Makes the rooms from a configuration and connects them. */
final class Wiring {
  private static final Logger LOG = LoggerFactory.getLogger(Wiring.class);
  private static final int WORKERS = 4;

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

  /** Makes the data directory and keeps other agents out of it. */
  DataDirectory dataDirectory() throws IOException {
    return DataDirectory.open(config.dataDir());
  }

  /** The edges; to be called on the context that the runner will use. */
  Ports ports(Vertx vertx) throws IOException {
    return new Ports(
        new EtcdRegistry(vertx, config.endpoints(), config.requestTimeout()),
        new ProcessCommands(),
        new Destinations(),
        new LedgerFiles(config.dataDir()),
        new LeaseFile(config.dataDir()));
  }

  Agent.Settings settings() {
    String address = LocalAddress.towards(config.endpoints().getFirst());
    List<OwnRecord> services = new ArrayList<>();
    for (ServiceConfig service : config.services()) {
      services.add(instance(service, address).record(config.prefix()));
    }
    OwnRecord node = OwnRecord.ofNode(config.prefix(), config.node(), address, version);
    return new Agent.Settings(
        surroundings(), config.leaseTtl(), node, services, groups(), config.watches());
  }

  /** Removes what a killed agent left staged. Where that cannot be done, staging will say why. */
  void removeStale() {
    Destinations destinations = new Destinations();
    for (GroupSpec group : config.groups()) {
      try {
        destinations.removeStale(group.destination());
      } catch (IOException e) {
        LOG.debug("stale files of {} not removed", group.destination(), e);
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

  private Surroundings surroundings() {
    return new Surroundings(config.node(), config.prefix(), environment::variable);
  }

  /** One engine for each directory, so that its templates share what is parsed. */
  private List<RenderedGroup> groups() {
    TreeMap<Path, Templates> engines = new TreeMap<>();
    List<RenderedGroup> groups = new ArrayList<>();
    for (GroupSpec spec : config.groups()) {
      Path directory = spec.source().toAbsolutePath().getParent();
      Templates templates =
          engines.computeIfAbsent(
              directory, path -> new Templates(new TemplateDirectory(path), Limits.DEFAULT));
      String name = spec.source().getFileName().toString();
      groups.add(new RenderedGroup(spec, values -> templates.render(name, values)));
    }
    return groups;
  }

  private Instance instance(ServiceConfig service, String routeAddress) {
    String address = service.address();
    return new Instance(
        service.name(),
        service.id(),
        address == null ? routeAddress : address,
        service.port(),
        service.tags(),
        service.meta(),
        service.passingWeight(),
        service.warningWeight(),
        Instance.Status.PASSING,
        config.node(),
        service.zone());
  }
}
