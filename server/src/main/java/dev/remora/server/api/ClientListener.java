package dev.remora.server.api;

import dev.remora.server.config.ClientRules;
import dev.remora.server.notice.Notices;
import dev.remora.server.tls.PortTls;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client port, on one event loop: HTTP/1.1 and HTTP/2, with or without TLS. Several of them,
 * each on its own loop, may listen on one address; connections are then dealt out in turn.
 *
 * <p>What it decides is what comes before any API: malformed requests, hosts, CORS, OPTIONS, gRPC,
 * path cleaning, unknown paths, in the order of etcd's own server.
 */
public final class ClientListener {
  /** Most bytes of a request line; 414 beyond. */
  static final int LINE_BYTES_MAX = 8_192;

  /** Most bytes of a request's headers together; 431 beyond. */
  static final int HEADER_BYTES_MAX = 8_192;

  /** How long requests that are being answered may take when the listener stops. */
  private static final long STOP_MILLIS = 200;

  /**
   * More resets of HTTP/2 streams in a window, which end the connection (CVE-2023-44487); a client
   * that ends its watches stays below.
   */
  private static final int RESETS_MAX = 1_000;

  private static final int RESETS_WINDOW_SECONDS = 30;

  /** Parts that a head of HTTP/2 may come in that are small (CVE-2024-27316). */
  private static final int SMALL_PARTS_MAX = 16;

  /** Nothing of it was done, so the client may ask again (RFC 9113 §7). */
  private static final long REFUSED_STREAM = 7;

  private static final Logger LOG = LoggerFactory.getLogger(ClientListener.class);

  private final Vertx vertx;
  private final HttpServer server;
  private final Optional<PortTls> tls;
  private final Access access;
  private final Visits visits;
  private final Notices notices = new Notices(LOG);
  private long looking;
  private final Replies replies;
  private final List<ApiRoute> routes;
  private boolean isStopping;

  /**
   * A listener without TLS that serves everybody, not yet listening.
   *
   * @param routes asked in this order
   */
  public ClientListener(Vertx vertx, Replies replies, List<ApiRoute> routes) {
    this(vertx, replies, routes, ClientRules.DEFAULT, Optional.empty(), new ClientCounts());
  }

  /**
   * A listener, not yet listening.
   *
   * @param routes asked in this order
   * @param rules who is served
   * @param tls with a certificate to show, if it listens for TLS
   * @param counts of its event loop
   */
  public ClientListener(
      Vertx vertx,
      Replies replies,
      List<ApiRoute> routes,
      ClientRules rules,
      Optional<PortTls> tls,
      ClientCounts counts) {
    this.vertx = vertx;
    this.replies = replies;
    this.routes = List.copyOf(routes);
    this.access = new Access(rules);
    this.visits = new Visits(rules.streamsPerConnection(), counts);
    this.tls = tls;
    this.server =
        vertx
            .createHttpServer(options(rules, tls))
            .requestHandler(this::handle)
            .invalidRequestHandler(this::refuse)
            .connectionHandler(this::greet)
            .exceptionHandler(this::complain);
  }

  private void complain(Throwable cause) {
    PortTls.failure(cause)
        .ifPresent(reason -> notices.warn("a client was refused at its TLS handshake: " + reason));
  }

  private static HttpServerOptions options(ClientRules rules, Optional<PortTls> tls) {
    HttpServerOptions options =
        new HttpServerOptions()
            .setMaxInitialLineLength(LINE_BYTES_MAX)
            .setMaxHeaderSize(HEADER_BYTES_MAX)
            .setHandle100ContinueAutomatically(true)
            .setHttp2ClearTextEnabled(true)
            .setUseAlpn(true)
            .setInitialSettings(
                new Http2Settings()
                    .setMaxConcurrentStreams(rules.streamsPerConnection())
                    .setMaxHeaderListSize(HEADER_BYTES_MAX))
            .setHttp2RstFloodMaxRstFramePerWindow(RESETS_MAX)
            .setHttp2RstFloodWindowDuration(RESETS_WINDOW_SECONDS)
            .setHttp2MaxSmallContinuationFrames(SMALL_PARTS_MAX)
            // A small body could become a large one.
            .setDecompressionSupported(false)
            // No WebSocket is served: without these, no handler for them stands in the pipeline.
            .setPerFrameWebSocketCompressionSupported(false)
            .setPerMessageWebSocketCompressionSupported(false);
    tls.ifPresent(port -> port.secure(options));
    return options;
  }

  /**
   * Begins to listen. To be called on the loop that shall serve.
   *
   * @return the port, which matters if 0 was asked for
   */
  public Future<Integer> start(int port, String host) {
    looking = vertx.setPeriodic(Visits.LOOK.toMillis(), _ -> look(System.nanoTime()));
    return server.listen(port, host).map(HttpServer::actualPort);
  }

  /**
   * From now on serves new connections with the certificates that are in force now; those that are
   * there stay. To be called on the loop that serves.
   */
  public Future<Boolean> renew() {
    return tls.flatMap(PortTls::server)
        .map(options -> server.updateSSLOptions(options, true))
        .orElse(Future.succeededFuture(false));
  }

  /** Closes the connections that take too long by then. */
  void look(long nowNanos) {
    visits.look(nowNanos);
  }

  /** How many connections are open here. */
  int connections() {
    return visits.size();
  }

  /**
   * Stops listening and refuses what still comes. What is not answered within moments, a watch
   * above all, loses its connection without an end to its body, so that clients see it was cut. To
   * be called on the loop that serves.
   */
  public Future<Void> stop() {
    isStopping = true;
    vertx.cancelTimer(looking);
    return server.shutdown(STOP_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void greet(HttpConnection connection) {
    visits.begin(connection, System.nanoTime());
    connection.closeHandler(_ -> visits.end(connection));
  }

  private void handle(HttpServerRequest request) {
    if (isStopping) {
      request.connection().close();
      return;
    }
    if (!visits.ask(request, System.nanoTime())) {
      request.response().reset(REFUSED_STREAM);
      return;
    }
    Failures.guard(
        request,
        () -> dispatch(request),
        () -> replies.text(request, 500, "Internal Server Error\n"));
  }

  private void dispatch(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_1_1 && !request.headers().contains("Host")) {
      replies.malformed(request, 400, "400 Bad Request: missing required Host header");
      return;
    }
    String expect = request.getHeader(HttpHeaders.EXPECT);
    if (expect != null && !expect.equalsIgnoreCase("100-continue")) {
      replies.malformed(request, 417, "");
      return;
    }
    String coding = request.getHeader(HttpHeaders.TRANSFER_ENCODING);
    if (coding != null && !coding.equalsIgnoreCase("chunked")) {
      // Where its body ends is not known; Netty takes it for one without.
      replies.malformed(request, 501, "Unsupported transfer encoding");
      return;
    }
    if (!access.letsHost(request)) {
      replies.text(request, 421, "this server does not go by that Host: see --host-whitelist\n");
      return;
    }
    if (!access.letsOrigin(request)) {
      replies.text(request, 403, "requests of that Origin are not served: see --cors\n");
      return;
    }
    switch (RequestTarget.of(request.uri())) {
      case RequestTarget.Malformed() when isOptionsOfServer(request) -> answerOptions(request);
      case RequestTarget.Malformed() -> replies.malformed(request, 400, "400 Bad Request");
      case RequestTarget.Moved _ when isOptions(request) -> answerOptions(request);
      case RequestTarget.Moved(String location) -> {
        addCors(request);
        replies.moved(request, location);
      }
      case RequestTarget.Good(String path, _) -> dispatch(request, path);
    }
  }

  private void dispatch(HttpServerRequest request, String path) {
    if (isOptions(request)) {
      answerOptions(request);
      return;
    }
    addCors(request);
    if (isGrpc(request)) {
      refuseGrpc(request);
      return;
    }
    for (ApiRoute route : routes) {
      if (route.serves(path)) {
        route.handle(request);
        return;
      }
    }
    replies.notFound(request);
  }

  private static boolean isOptions(HttpServerRequest request) {
    return request.method().equals(HttpMethod.OPTIONS);
  }

  /** RFC 9110 §9.3.7: the one target that is no path. */
  private static boolean isOptionsOfServer(HttpServerRequest request) {
    return isOptions(request) && request.uri().equals("*");
  }

  private void answerOptions(HttpServerRequest request) {
    addCors(request);
    replies.end(request, 200, "");
  }

  private void addCors(HttpServerRequest request) {
    if (access.isOpen()) {
      replies.addCors(request.response());
    } else {
      access
          .allowedOrigin(request)
          .ifPresent(origin -> replies.addCors(request.response(), origin));
    }
  }

  private static boolean isGrpc(HttpServerRequest request) {
    if (!request.method().equals(HttpMethod.POST)) {
      return false;
    }
    String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
    return type != null && type.startsWith("application/grpc");
  }

  /** A reply of trailers only, as gRPC's protocol has it: status 12 is UNIMPLEMENTED. */
  private static void refuseGrpc(HttpServerRequest request) {
    request
        .response()
        .putHeader("Content-Type", "application/grpc")
        .putHeader("grpc-status", "12")
        .putHeader("grpc-message", "gRPC is not served here: use the JSON API under /v3")
        .end();
  }

  /** Answers what the HTTP decoder gave up on. */
  private void refuse(HttpServerRequest request) {
    Throwable cause = request.decoderResult().cause();
    switch (cause) {
      case TooLongHttpLineException _ ->
          replies.malformed(request, 414, "414 Request-URI Too Long");
      case TooLongHttpHeaderException _ ->
          replies.malformed(request, 431, "431 Request Header Fields Too Large");
      case null, default -> replies.malformed(request, 400, "400 Bad Request");
    }
  }
}
