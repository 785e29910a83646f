package dev.remora.agent;

import dev.remora.agent.config.AgentConfig;
import dev.remora.agent.process.ForegroundPrograms;
import dev.remora.agent.process.ProcessCommands;
import dev.remora.agent.registry.EtcdRegistry;
import dev.remora.agent.runner.Listen;
import dev.remora.agent.runner.Lock;
import dev.remora.agent.runner.WatchRun;
import dev.remora.agent.runner.WatchSpec;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a person does at a terminal: asks a running agent, or runs a command beside the registry.
 */
final class Tools {
  static final int NO_ANSWER = 7;
  static final int NOT_READY = 1;
  private static final long REQUEST_MILLIS = 620_000;
  private static final int SIGNALLED = 143;

  private final AgentConfig config;
  private final Wiring wiring;
  private final PrintStream out;
  private final PrintStream err;

  Tools(AgentConfig config, Wiring wiring, PrintStream out, PrintStream err) {
    this.config = config;
    this.wiring = wiring;
    this.out = out;
    this.err = err;
  }

  /** Prints how the agent is; 0 if it is ready. */
  int status() {
    int code =
        call(
            HttpMethod.GET,
            "/v1/agent",
            body -> {
              JsonObject status = new JsonObject(body);
              status.forEach(
                  entry -> out.printf(Locale.ROOT, "%-12s %s%n", entry.getKey(), entry.getValue()));
              return status.getBoolean("ready", false) ? 0 : NOT_READY;
            });
    if (code != NO_ANSWER) {
      new GroupTools(this, out).list();
    }
    return code;
  }

  /** Prints the services of the agent and how each is. */
  int services() {
    return call(
        HttpMethod.GET,
        "/v1/agent/services",
        body -> {
          String format = "%-20s %-30s %-24s %-12s %s%n";
          out.printf(Locale.ROOT, format, "NAME", "ID", "ADDRESS", "STATUS", "REASON");
          for (Object each : new JsonArray(body)) {
            JsonObject service = (JsonObject) each;
            out.printf(
                Locale.ROOT,
                format,
                service.getString("name"),
                service.getString("id"),
                service.getString("address") + ":" + service.getInteger("port"),
                service.getString("status"),
                service.getString("reason"));
          }
          return 0;
        });
  }

  /** Drains the agent and waits until it has deregistered. */
  int drain(String wait) {
    return call(
        HttpMethod.POST,
        "/v1/agent/drain" + (wait.isEmpty() ? "" : "?wait=" + wait),
        body -> {
          out.println(new JsonObject(body).getString("status"));
          return 0;
        });
  }

  /** Shows an answer; returns the exit code. */
  interface Print {
    int print(Buffer body);
  }

  /** Asks the running agent. */
  int call(HttpMethod method, String path, Print print) {
    SocketAddress server =
        switch (config.listen()) {
          case Listen.Tcp(String host, int port) -> SocketAddress.inetSocketAddress(port, host);
          case Listen.Unix(var socket) -> SocketAddress.domainSocketAddress(socket.toString());
          case Listen.Off() -> null;
        };
    if (server == null) {
      err.println("error: the agent has no local API: listen is off");
      return NO_ANSWER;
    }
    Vertx vertx = wiring.vertx();
    HttpClientAgent client = vertx.createHttpClient();
    try {
      RequestOptions options =
          new RequestOptions()
              .setMethod(method)
              .setServer(server)
              .setHost("localhost")
              .setURI(path)
              .setTimeout(REQUEST_MILLIS);
      record Answer(int code, Buffer body) {}
      Answer answer =
          await(
              client
                  .request(options)
                  .compose(request -> request.send())
                  .compose(response ->
                      response.body().map(body -> new Answer(response.statusCode(), body))));
      if (answer.code() == 200) {
        return print.print(answer.body());
      }
      err.println("error: the agent answers " + answer.code() + ": " + answer.body());
      return NOT_READY;
    } catch (CompletionException e) {
      err.println("error: no agent answers at " + server + ": " + e.getCause());
      return NO_ANSWER;
    } finally {
      client.close();
      var _ = vertx.close();
    }
  }

  /** Runs a command at each change, until a signal ends it. */
  int watch(String prefix, List<String> command) {
    Vertx vertx = wiring.vertx();
    Context context = vertx.getOrCreateContext();
    CountDownLatch stopped = new CountDownLatch(1);
    context.runOnContext(_ -> {
      EtcdRegistry registry = new EtcdRegistry(vertx, wiring.access());
      new WatchRun(
              vertx,
              registry,
              ProcessCommands.shown(),
              new WatchSpec(prefix, command),
              config.registry().prefix(),
              new SplittableRandom())
          .start();
    });
    Runtime.getRuntime().addShutdownHook(new Thread(stopped::countDown, "stop"));
    awaitUninterrupted(stopped);
    return 0;
  }

  /** Runs a command while it holds a lock, and exits as it does. */
  int lock(String name, List<String> command) {
    Vertx vertx = wiring.vertx();
    Context context = vertx.getOrCreateContext();
    Promise<Integer> ended = Promise.promise();
    CountDownLatch released = new CountDownLatch(1);
    AtomicInteger code = new AtomicInteger(SIGNALLED);
    Promise<Lock> made = Promise.promise();
    context.runOnContext(_ -> {
      Lock lock =
          new Lock(
              vertx,
              new EtcdRegistry(vertx, wiring.access()),
              new ForegroundPrograms(),
              config.registry().prefix(),
              name,
              new JsonObject().put("node", config.node()).encode(),
              command,
              config.leaseTtl(),
              new SplittableRandom());
      made.complete(lock);
      lock.run().onComplete(ended);
    });
    ended.future().onSuccess(code::set).onComplete(_ -> released.countDown());
    Thread stop =
        new Thread(
            () -> {
              context.runOnContext(_ -> made.future().onSuccess(lock -> lock.stop(SIGNALLED)));
              awaitUninterrupted(released);
              Runtime.getRuntime().halt(code.get());
            },
            "stop");
    Runtime.getRuntime().addShutdownHook(stop);
    awaitUninterrupted(released);
    return code.get();
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }
}
