package dev.remora.agent;

import dev.remora.agent.config.AgentConfig;
import dev.remora.agent.config.Environment;
import dev.remora.agent.config.InvalidConfigException;
import dev.remora.agent.config.SourceFiles;
import dev.remora.agent.process.ServiceManager;
import dev.remora.agent.runner.Agent;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the configuration anew at SIGHUP and whenever a file of it has changed. One with a mistake
 * changes nothing.
 */
final class Reloads {
  private static final Logger LOG = LoggerFactory.getLogger(Reloads.class);
  private static final long PERIOD_MILLIS = 1_000;

  private final Vertx vertx;
  private final Context context;
  private final Path path;
  private final Environment environment;
  private final String version;
  private final Agent agent;
  private final ServiceManager manager;
  private final Runnable refresh;

  /** What runs now. Read and written on the context. */
  private AgentConfig config;

  private String fingerprint = "";
  private boolean isBusy;

  /**
   * Makes one; use it on the context.
   *
   * @param refresh called each time the files are looked at: others may have changed too
   */
  Reloads(
      Vertx vertx,
      Context context,
      Path path,
      Environment environment,
      String version,
      AgentConfig config,
      Agent agent,
      ServiceManager manager,
      Runnable refresh) {
    this.vertx = vertx;
    this.context = context;
    this.path = path;
    this.environment = environment;
    this.version = version;
    this.config = config;
    this.agent = agent;
    this.manager = manager;
    this.refresh = refresh;
  }

  void start() {
    fingerprint = SourceFiles.fingerprint(config.sources(path, environment));
    vertx.setPeriodic(PERIOD_MILLIS, _ -> look(false));
  }

  /** Somebody asks for it: SIGHUP. May be called on any thread. */
  void ask() {
    context.runOnContext(_ -> look(true));
  }

  /** What was found of the files. */
  private record Found(String fingerprint, @Nullable AgentConfig fresh, List<String> problems) {}

  private void look(boolean isAsked) {
    if (isBusy && !isAsked) {
      return;
    }
    isBusy = true;
    refresh.run();
    List<Path> sources = config.sources(path, environment);
    String before = fingerprint;
    boolean isTold = isAsked && agent.status().isReady(); // Ready again is not ready yet.
    Callable<Optional<Found>> look =
        () -> {
          if (isTold) {
            manager.tellReloading();
          }
          String now = SourceFiles.fingerprint(sources);
          return now.equals(before) && !isAsked ? Optional.empty() : Optional.of(load(now));
        };
    vertx
        .executeBlocking(look, true)
        .onComplete(result -> {
          isBusy = false;
          if (result.failed()) {
            LOG.error("the configuration cannot be read anew", result.cause());
          } else {
            result.result().ifPresent(this::take);
          }
          if (isTold) {
            var _ = vertx.executeBlocking(Executors.callable(manager::tellReady), true);
          }
        });
  }

  private Found load(String now) {
    try {
      return new Found(now, AgentConfig.load(path, environment), List.of());
    } catch (InvalidConfigException e) {
      return new Found(now, null, e.problems());
    }
  }

  private void take(Found found) {
    fingerprint = found.fingerprint();
    AgentConfig fresh = found.fresh();
    if (fresh == null) {
      found.problems().forEach(problem -> LOG.error("not reloaded: {}", problem));
      return;
    }
    List<String> fixed = fixed(fresh);
    if (!fixed.isEmpty()) {
      LOG.warn("a change of these needs a restart: {}", String.join(", ", fixed));
    }
    AgentConfig running = config.with(fresh);
    if (running.equals(config)) {
      LOG.info("configuration read anew: nothing is different");
      return;
    }
    fresh.warnings().forEach(warning -> LOG.warn("{}", warning));
    agent.reload(new Wiring(running, environment, version).settings());
    config = running;
    LOG.info(
        "configuration reloaded services={} templates={} watches={}",
        config.services().size(),
        config.groups().size(),
        config.watches().size());
  }

  /** What is different and cannot be taken over by a running agent. */
  private List<String> fixed(AgentConfig fresh) {
    List<String> names = new ArrayList<>();
    if (!fresh.node().equals(config.node())) {
      names.add("node");
    }
    if (!fresh.registry().equals(config.registry())) {
      names.add("registry");
    }
    if (!fresh.leaseTtl().equals(config.leaseTtl())) {
      names.add("lease_ttl");
    }
    if (!Objects.equals(fresh.dataDir(), config.dataDir())) {
      names.add("data_dir");
    }
    if (!fresh.listen().equals(config.listen())) {
      names.add("listen");
    }
    if (!fresh.listenHealth().equals(config.listenHealth())) {
      names.add("listen_health");
    }
    if (!Objects.equals(fresh.child(), config.child())) {
      names.add("child");
    }
    return names;
  }
}
