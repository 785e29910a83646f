package dev.remora.agent.local;

import dev.remora.agent.config.InvalidConfigException;
import dev.remora.agent.local.Call.BadRequestException;
import dev.remora.agent.runner.Agent;
import dev.remora.agent.runner.GroupStatus;
import dev.remora.agent.runner.Listen;
import dev.remora.agent.service.CheckStatus;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves the local API. Make and use it on the agent's context. */
public final class LocalServer {
  private static final Logger LOG = LoggerFactory.getLogger(LocalServer.class);
  private static final long RETRY_MILLIS = 5_000;
  private static final int BODY_BYTES_MAX = 256 << 10;
  private static final int NOTE_CHARS_MAX = 500;
  private static final int IDLE_SECONDS_MAX = 900;
  private static final String HEALTH_PATHS = "known are /startup, /readyz, /livez and /metrics";
  private static final String PATHS =
      "known are /v1/services, /v1/services/NAME, /v1/agent, /v1/agent/services,"
          + " /v1/agent/services/ID, /v1/agent/services/ID/maintenance,"
          + " /v1/agent/checks/ID/pass|warn|fail, /v1/agent/drain, /v1/groups,"
          + " /v1/groups/NAME, /v1/groups/NAME/rollback, /startup, /readyz,"
          + " /livez, /metrics and /quitquitquit";

  private final Vertx vertx;
  private final Agent agent;
  private final Definition definition;
  private final String version;
  private final Runnable exit;
  private final Metrics metrics;
  private final CatalogCalls catalog;

  /** Reads a service that a request defines. */
  public interface Definition {
    /**
     * What it means.
     *
     * @throws InvalidConfigException naming every mistake
     */
    Agent.LocalService read(String id, String json) throws InvalidConfigException;
  }

  /** Makes one that is not open yet; {@code exit} ends the process. */
  public LocalServer(
      Vertx vertx, Agent agent, Definition definition, String version, Runnable exit) {
    this.vertx = vertx;
    this.agent = agent;
    this.definition = definition;
    this.version = version;
    this.exit = exit;
    this.metrics = new Metrics(agent);
    this.catalog = new CatalogCalls(vertx, agent.catalog());
  }

  /** What a port serves, by a request. */
  private interface Router {
    void route(Call call) throws BadRequestException;
  }

  /** Opens it, and tries again as long as that does not work: the agent does not depend on it. */
  public void listen(Listen where) {
    listen(where, "local API", this::route);
  }

  /**
   * Opens a port where only health and metrics are shown, and nothing can be changed: for who is
   * not on this host, such as a kubelet.
   */
  public void listenForHealth(Listen where) {
    listen(where, "health", this::routeHealth);
  }

  private void listen(Listen where, String name, Router router) {
    switch (where) {
      case Listen.Off() -> {}
      case Listen.Tcp(String host, int port) ->
          listen(SocketAddress.inetSocketAddress(port, host), name, router, true);
      case Listen.Unix(Path path) -> {
        removeLeftOver(path);
        listen(SocketAddress.domainSocketAddress(path.toString()), name, router, true);
      }
    }
  }

  private void listen(SocketAddress address, String name, Router router, boolean isFirst) {
    HttpServerOptions options =
        new HttpServerOptions().setIdleTimeout(IDLE_SECONDS_MAX).setTcpNoDelay(true);
    HttpServer server = vertx.createHttpServer(options);
    server
        .requestHandler(request -> onRequest(request, router))
        .listen(address)
        .onSuccess(open -> {
          if (address.isDomainSocket()) {
            restrict(Path.of(address.path()));
          }
          LOG.info(
              "{} listens at {}",
              name,
              address.isDomainSocket() ? address.path() : address.host() + ":" + open.actualPort());
        })
        .onFailure(failure -> {
          if (isFirst) {
            LOG.warn(
                "{} cannot listen at {}, tried again: {}",
                name,
                address,
                failure.getMessage());
          }
          vertx.setTimer(RETRY_MILLIS, _ -> listen(address, name, router, false));
        });
  }

  /** The data directory's lock says that no other agent is using it. */
  private static void removeLeftOver(Path socket) {
    try {
      if (Files.exists(socket) && !Files.isRegularFile(socket) && !Files.isDirectory(socket)) {
        Files.delete(socket);
      }
    } catch (IOException e) {
      LOG.debug("the socket of an earlier life is not removed", e);
    }
  }

  private static void restrict(Path socket) {
    try {
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw----"));
    } catch (IOException e) {
      LOG.warn("{} keeps its permissions: {}", socket, e.toString());
    }
  }

  private void onRequest(HttpServerRequest request, Router router) {
    request.response().endHandler(_ -> metrics.answered(request.response().getStatusCode()));
    request.response().exceptionHandler(failure -> LOG.debug("a request broke off", failure));
    try {
      Call call = new Call(request);
      if (!call.method().equals("GET") && request.getHeader("Origin") != null) {
        call.refuse(403, "requests of web pages are refused");
        return;
      }
      router.route(call);
    } catch (BadRequestException e) {
      refuse(request, e);
    }
  }

  private static void refuse(HttpServerRequest request, BadRequestException e) {
    var _ =
        request
            .response()
            .setStatusCode(400)
            .putHeader("Content-Type", "application/json")
            .end(new JsonObject().put("error", e.getMessage()).toBuffer());
  }

  private void route(Call call) throws BadRequestException {
    switch (shape(call.path())) {
      case "livez", "readyz", "startup", "metrics" -> routeHealth(call);
      case "quitquitquit" -> drain(call, Duration.ZERO);
      case "v1/services" -> ask(call, null);
      case "v1/services/*" -> ask(call, call.segment(2));
      case "v1/groups" -> groups(call);
      case "v1/groups/*" -> group(call, call.segment(2));
      case "v1/groups/*/rollback" -> rollBack(call, call.segment(2));
      case "v1/agent" -> status(call);
      case "v1/agent/services" -> services(call);
      case "v1/agent/services/*" -> service(call, call.segment(3));
      case "v1/agent/services/*/maintenance" -> maintenance(call, call.segment(3));
      case "v1/agent/checks/*/*" -> report(call, call.segment(3), call.segment(4));
      case "v1/agent/drain" -> drain(call, call.duration("wait", Duration.ofSeconds(1)));
      default -> unknown(call, PATHS);
    }
  }

  private void routeHealth(Call call) {
    switch (shape(call.path())) {
      case "livez" -> gauge(call, true, "");
      case "readyz" ->
          gauge(call, agent.status().isReady(), "not everything was registered and rendered yet");
      case "startup" -> gauge(call, agent.status().isStarted(), "not everything was rendered yet");
      case "metrics" -> metrics(call);
      default -> unknown(call, HEALTH_PATHS);
    }
  }

  /** The path with a star for each segment that a caller chooses. */
  private static String shape(List<String> path) {
    StringJoiner shape = new StringJoiner("/");
    for (int i = 0; i < path.size(); i++) {
      boolean isName = i == 2 && List.of("services", "groups").contains(path.get(1));
      boolean isId = i == 3 && path.get(1).equals("agent");
      boolean isResult = i == 4 && path.get(2).equals("checks");
      boolean isOdd = path.get(i).contains("/") || path.get(i).contains("*");
      shape.add(isName || isId || isResult ? "*" : isOdd ? "?" : path.get(i));
    }
    return shape.toString();
  }

  private void ask(Call call, @Nullable String name) throws BadRequestException {
    if (isMethod(call, "GET")) {
      catalog.ask(call, name);
    }
  }

  private void groups(Call call) {
    if (isMethod(call, "GET")) {
      JsonArray groups = new JsonArray();
      agent.groups().forEach(group -> groups.add(Views.group(group)));
      call.answer(200, groups);
    }
  }

  private void group(Call call, String name) {
    if (isMethod(call, "GET")) {
      named(name)
          .ifPresentOrElse(
              group -> call.answer(200, Views.explained(group)), () -> noGroup(call, name));
    }
  }

  private void rollBack(Call call, String name) {
    if (isMethod(call, "POST")) {
      String whole = named(name).map(GroupStatus::name).orElse(name);
      switch (agent.rollBack(whole)) {
        case DONE -> call.answer(200, new JsonObject().put("group", whole));
        case UNKNOWN -> noGroup(call, name);
        case CONFLICT, FULL -> call.refuse(409, "there is no earlier version of '" + whole + "'");
      }
    }
  }

  /** The group of this name; if there is none, the only one whose path ends so. */
  private Optional<GroupStatus> named(String name) {
    List<GroupStatus> ending =
        agent.groups().stream()
            .filter(group -> group.name().equals(name) || group.name().endsWith("/" + name))
            .toList();
    return ending.stream()
        .filter(group -> ending.size() == 1 || group.name().equals(name))
        .findFirst();
  }

  private static void noGroup(Call call, String name) {
    call.refuse(404, "there is no group '" + name + "'; GET /v1/groups lists what there is");
  }

  private void status(Call call) {
    if (isMethod(call, "GET")) {
      call.answer(200, Views.status(agent.status(), version));
    }
  }

  private void services(Call call) {
    if (isMethod(call, "GET")) {
      JsonArray services = new JsonArray();
      agent.services().forEach(service -> services.add(Views.service(service)));
      call.answer(200, services);
    }
  }

  private static void unknown(Call call, String known) {
    call.refuse(404, call.method() + " " + call.request().path() + ": no such call; " + known);
  }

  private static boolean isMethod(Call call, String... allowed) {
    if (List.of(allowed).contains(call.method())) {
      return true;
    }
    call.response().putHeader("Allow", String.join(", ", allowed));
    call.refuse(405, "use " + String.join(" or ", allowed) + ", not " + call.method());
    return false;
  }

  private static void gauge(Call call, boolean isGood, String reason) {
    if (isMethod(call, "GET", "HEAD")) {
      call.answer(isGood ? 200 : 503, "text/plain", Buffer.buffer(isGood ? "ok\n" : reason + "\n"));
    }
  }

  private void metrics(Call call) {
    if (isMethod(call, "GET")) {
      call.answer(200, "text/plain; version=0.0.4; charset=utf-8", Buffer.buffer(metrics.text()));
    }
  }

  private void service(Call call, String id) {
    if (!isMethod(call, "PUT", "DELETE")) {
      return;
    }
    if (call.method().equals("DELETE")) {
      done(call, id, agent.deregister(id));
      return;
    }
    body(call)
        .onSuccess(json -> {
          try {
            done(call, id, agent.register(id, definition.read(id, json)));
          } catch (InvalidConfigException e) {
            call.answer(
                400,
                new JsonObject()
                    .put("error", "not a service definition")
                    .put("problems", new JsonArray(e.problems())));
          }
        })
        .onFailure(failure -> call.refuse(413, String.valueOf(failure.getMessage())));
  }

  /** The body as text, up to its bound. */
  private static Future<String> body(Call call) {
    HttpServerRequest request = call.request();
    Promise<String> promise = Promise.promise();
    Buffer received = Buffer.buffer();
    request.handler(piece -> {
      if (received.length() + piece.length() > BODY_BYTES_MAX) {
        promise.tryFail("the body is larger than " + BODY_BYTES_MAX + " bytes");
      } else {
        received.appendBuffer(piece);
      }
    });
    request.endHandler(_ -> promise.tryComplete(received.toString()));
    request.exceptionHandler(promise::tryFail);
    return promise.future();
  }

  private void maintenance(Call call, String id) {
    if (isMethod(call, "PUT", "DELETE")) {
      String reason = call.method().equals("PUT") ? note(call, "reason", "no reason given") : null;
      answer(call, id, agent.maintain(id, reason));
    }
  }

  private void report(Call call, String id, String result) {
    if (!isMethod(call, "PUT")) {
      return;
    }
    CheckStatus status;
    switch (result) {
      case "pass" -> status = CheckStatus.PASSING;
      case "warn" -> status = CheckStatus.WARNING;
      case "fail" -> status = CheckStatus.CRITICAL;
      default -> {
        call.refuse(404, "a check is reported as pass, warn or fail, not as '" + result + "'");
        return;
      }
    }
    Agent.Outcome outcome = agent.report(id, status, note(call, "note", "reported " + result));
    if (outcome == Agent.Outcome.CONFLICT) {
      call.refuse(409, id + " is no ttl check: the agent looks itself");
    } else {
      answer(call, id, outcome);
    }
  }

  private static String note(Call call, String name, String fallback) {
    String text = call.text(name, fallback).replaceAll("\\p{Cntrl}", " ");
    return text.length() > NOTE_CHARS_MAX ? text.substring(0, NOTE_CHARS_MAX) : text;
  }

  private static void done(Call call, String id, Future<Agent.Outcome> outcome) {
    outcome
        .onSuccess(end -> answer(call, id, end))
        .onFailure(
            failure -> call.refuse(500, "it cannot be saved in data_dir: " + failure.getMessage()));
  }

  private static void answer(Call call, String id, Agent.Outcome outcome) {
    switch (outcome) {
      case DONE -> call.answer(200, new JsonObject().put("id", id));
      case UNKNOWN ->
          call.refuse(404, "there is no '" + id + "'; GET /v1/agent/services lists what there is");
      case CONFLICT ->
          call.refuse(
              409, "'" + id + "' is of the configuration: change it there, or take another id");
      case FULL -> call.refuse(507, "there are too many services already");
    }
  }

  /** Answers once everything is out of the registry, then ends the process. */
  private void drain(Call call, Duration wait) {
    if (isMethod(call, "POST")) {
      agent
          .stop(wait)
          .onComplete(result -> {
            String how = result.succeeded() ? "drained" : "the records go with the lease";
            call.response().endHandler(_ -> exit.run());
            call.answer(200, new JsonObject().put("status", how));
            exit.run();
          });
    }
  }
}
