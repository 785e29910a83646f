package dev.remora.agent;

import dev.remora.agent.registry.DataDirectory;
import dev.remora.agent.runner.Agent;
import dev.remora.agent.runner.Ports;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** The agent as a process: starts it, and stops it cleanly on SIGTERM and SIGINT. */
final class Daemon {
  /** What {@link #run} returns when the agent goes on on its own threads. */
  static final int RUNNING = -1;

  private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

  private final Wiring wiring;

  Daemon(Wiring wiring) {
    this.wiring = wiring;
  }

  int run() {
    DataDirectory data;
    List<Long> leases;
    Vertx vertx = wiring.vertx();
    Ports ports;
    try {
      data = wiring.dataDirectory();
      wiring.removeStale();
      ports = wiring.ports(vertx);
      leases = ports.leases().load();
    } catch (IOException e) {
      System.err.println("error: " + e.getMessage());
      var _ = vertx.close();
      return CommandLine.ExitCode.USAGE;
    }
    Context context = vertx.getOrCreateContext();
    Promise<Agent> started = Promise.promise();
    context.runOnContext(_ -> {
      Agent agent = new Agent(vertx, ports, wiring.settings(), new SplittableRandom(), () -> {});
      agent.start(leases);
      started.complete(agent);
    });
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> stop(context, started.future(), data, wiring.stopPatience()), "stop"));
    return RUNNING;
  }

  /**
   * Runs when a signal arrives. It ends the process itself, since a JVM that is ended by a signal
   * would not exit with 0.
   */
  private static void stop(
      Context context, Future<Agent> started, DataDirectory data, Duration patience) {
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
    Runtime.getRuntime().halt(CommandLine.ExitCode.OK);
  }
}
