package dev.remora.agent;

import dev.remora.agent.local.LocalServer;
import dev.remora.agent.process.CaughtSignals;
import dev.remora.agent.process.ServiceManager;
import dev.remora.agent.registry.DataDirectory;
import dev.remora.agent.runner.Agent;
import dev.remora.agent.runner.Ports;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** The agent as a process: starts it, reloads it, and stops it cleanly on SIGTERM and SIGINT. */
final class Daemon {
  /** What {@link #run} returns when the agent goes on on its own threads. */
  static final int RUNNING = -1;

  private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

  /** All that may be meant for a program and that the JVM can catch, but for SIGHUP. */
  private static final List<String> FORWARDED = List.of("USR1", "USR2", "WINCH");

  private final AtomicInteger childCode = new AtomicInteger();
  private final Wiring wiring;
  private final Path path;
  private final ServiceManager manager;

  /** Makes one; {@code path} is where the configuration was read from. */
  Daemon(Wiring wiring, Path path) {
    this.wiring = wiring;
    this.path = path;
    this.manager = new ServiceManager(wiring.environment().variable(ServiceManager.VARIABLE));
  }

  int run() {
    DataDirectory data;
    Agent.Left left;
    Vertx vertx = wiring.vertx();
    Ports ports;
    try {
      data = wiring.dataDirectory();
      wiring.removeStale();
      ports = wiring.ports(vertx);
      left = wiring.left(ports);
    } catch (IOException e) {
      System.err.println("error: " + e.getMessage());
      var _ = vertx.close();
      return CommandLine.ExitCode.USAGE;
    }
    wiring.config().warnings().forEach(warning -> LOG.warn("{}", warning));
    Context context = vertx.getOrCreateContext();
    Promise<Agent> started = Promise.promise();
    context.runOnContext(_ -> {
      Agent agent =
          new Agent(
              vertx,
              ports,
              wiring.settings(),
              left,
              new SplittableRandom(),
              () -> Thread.ofPlatform().name("notify").start(manager::tellReady),
              this::onChildEnded);
      agent.start();
      reload(vertx, context, ports, agent);
      if (wiring.config().child() != null) {
        forward(context, agent);
      }
      LocalServer local =
          new LocalServer(vertx, agent, wiring::local, wiring.version(), Daemon::exit);
      local.listen(wiring.config().listen());
      local.listenForHealth(wiring.config().listenHealth());
      started.complete(agent);
    });
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> stop(context, started.future(), data), "stop"));
    return RUNNING;
  }

  private void reload(Vertx vertx, Context context, Ports ports, Agent agent) {
    Reloads reloads =
        new Reloads(
            vertx,
            context,
            path,
            wiring.environment(),
            wiring.version(),
            wiring.config(),
            agent,
            manager,
            () ->
                ports
                    .registry()
                    .refresh()
                    .onFailure(failure -> LOG.warn("{}", failure.getMessage())));
    reloads.start();
    if (!CaughtSignals.handle("HUP", reloads::ask)) {
      LOG.warn("SIGHUP cannot be caught here: it ends the agent");
    }
  }

  /** What is not for the agent is for its child. */
  private static void forward(Context context, Agent agent) {
    for (String name : FORWARDED) {
      if (!CaughtSignals.handle(name, () -> context.runOnContext(_ -> agent.signalChild(name)))) {
        LOG.warn("SIG{} cannot be caught here: it is not passed on to the child", name);
      }
    }
  }

  /** The agent lives as long as its child. */
  private void onChildEnded(int code) {
    childCode.set(code);
    exit();
  }

  /** Ends the process as a signal would. */
  private static void exit() {
    Thread.ofPlatform().name("exit").start(() -> System.exit(CommandLine.ExitCode.OK));
  }

  /**
   * Runs when a signal arrives. It ends the process itself, since a JVM that is ended by a signal
   * would not exit with 0, nor with the code of a child.
   */
  private void stop(Context context, Future<Agent> started, DataDirectory data) {
    manager.tellStopping();
    Duration patience = wiring.stopPatience();
    Promise<Void> stopped = Promise.promise();
    context.runOnContext(_ -> started.compose(Agent::stop).onComplete(stopped));
    try {
      stopped
          .future()
          .toCompletionStage()
          .toCompletableFuture()
          .get(patience.toMillis(), TimeUnit.MILLISECONDS);
      LOG.info("agent stopped, deregistered");
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("agent stopped, its records go with the lease: {}", e.toString());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    try {
      data.close();
    } catch (IOException e) {
      LOG.debug("the lock goes with the process", e);
    }
    int stoppedWith = started.succeeded() ? started.result().childCode() : 0;
    int code = childCode.get();
    Runtime.getRuntime().halt(code == CommandLine.ExitCode.OK ? stoppedWith : code);
  }
}
