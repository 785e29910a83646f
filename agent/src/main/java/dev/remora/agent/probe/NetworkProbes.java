package dev.remora.agent.probe;

import dev.remora.agent.runner.Commands;
import dev.remora.agent.runner.Probes;
import dev.remora.agent.service.CheckStatus;
import dev.remora.agent.service.Probe;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.ClientSSLOptions;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** All probes. Make and use it on one Vert.x context. */
public final class NetworkProbes implements Probes {
  private static final int WARNING_CODE = 1;

  private final Vertx vertx;
  private final Context context;
  private final Commands commands;
  private final HttpProbe http;
  private final TcpProbe tcp;
  private final GrpcProbe grpc;

  /** Opens no connection yet. */
  public NetworkProbes(Vertx vertx, Commands commands) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.commands = commands;
    this.http = new HttpProbe(vertx);
    this.tcp = new TcpProbe(vertx);
    this.grpc = new GrpcProbe(vertx);
  }

  @Override
  public Future<Finding> look(Probe probe, long timeoutMillis) {
    Future<Finding> looked =
        switch (probe) {
          case Probe.Http request -> bounded(timeoutMillis, http.look(request, timeoutMillis));
          case Probe.Tcp target -> bounded(timeoutMillis, tcp.look(target, timeoutMillis));
          case Probe.Grpc call -> bounded(timeoutMillis, grpc.look(call, timeoutMillis));
          case Probe.Command(var arguments) ->
              command(new Commands.Command(arguments, "", Duration.ofMillis(timeoutMillis)));
          case Probe.Ttl _, Probe.Alias _ ->
              throw new IllegalArgumentException("nothing to look at: " + probe);
        };
    return looked.otherwise(failure -> critical(reason(failure, timeoutMillis)));
  }

  /** A look that must be broken off if it lasts. */
  record Look(Future<Finding> finding, Runnable abandon) {}

  private Future<Finding> bounded(long timeoutMillis, Look look) {
    Promise<Finding> promise = Promise.promise();
    long timer =
        vertx.setTimer(
            timeoutMillis,
            _ -> {
              if (promise.tryFail(new TimeoutException())) {
                look.abandon().run();
              }
            });
    look.finding()
        .onComplete(result -> {
          vertx.cancelTimer(timer);
          if (result.succeeded()) {
            promise.tryComplete(result.result());
          } else {
            promise.tryFail(result.cause());
          }
        });
    return promise.future();
  }

  private Future<Finding> command(Commands.Command command) {
    return Future.fromCompletionStage(commands.run(command), context)
        .map(result ->
            switch (result) {
              case Commands.Result.Exited(int code, _) when code == 0 ->
                  new Finding(CheckStatus.PASSING, "exited with 0");
              case Commands.Result.Exited(int code, _) when code == WARNING_CODE ->
                  new Finding(CheckStatus.WARNING, "exited with 1");
              case Commands.Result.Exited(int code, _) -> critical("exited with " + code);
              case Commands.Result.TimedOut _ ->
                  critical("killed after " + command.timeout().toMillis() + " ms");
              case Commands.Result.NotStarted(String why) -> critical("not started: " + why);
            });
  }

  static Finding critical(String reason) {
    return new Finding(CheckStatus.CRITICAL, reason);
  }

  /** How to encrypt; {@code alpn} where HTTP/2 has to be agreed upon. */
  static ClientSSLOptions ssl(Probe.Tls tls, boolean alpn) {
    boolean isVerified = tls != Probe.Tls.UNVERIFIED;
    return new ClientSSLOptions()
        .setTrustAll(!isVerified)
        .setHostnameVerificationAlgorithm(isVerified ? "HTTPS" : "")
        .setUseAlpn(alpn);
  }

  /** What went wrong, without the words of the other side. */
  private static String reason(Throwable failure, long timeoutMillis) {
    return switch (failure) {
      case TimeoutException _ -> "no answer within " + timeoutMillis + " ms";
      case ConnectException _ -> "connection refused";
      case UnknownHostException _ -> "unknown host";
      case NoRouteToHostException _ -> "no route to host";
      case SSLException _ -> "TLS failed";
      default -> "failed: " + failure.getClass().getSimpleName();
    };
  }
}
