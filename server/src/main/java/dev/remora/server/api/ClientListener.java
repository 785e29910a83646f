package dev.remora.server.api;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The client port, on one event loop: HTTP/1.1 and HTTP/2 without TLS. Several of them, each on its
 * own loop, may listen on one address; connections are then dealt out in turn.
 *
 * <p>What it decides is what comes before any API: malformed requests, CORS, OPTIONS, gRPC, path
 * cleaning, unknown paths, in the order of etcd's own server.
 */
public final class ClientListener {
  /** Most bytes of a request line; 414 beyond. */
  static final int LINE_BYTES_MAX = 8_192;

  /** Most bytes of a request's headers together; 431 beyond. */
  static final int HEADER_BYTES_MAX = 8_192;

  /** How long requests that are being answered may take when the listener stops. */
  private static final long STOP_MILLIS = 200;

  private final HttpServer server;
  private final Replies replies;
  private final List<ApiRoute> routes;
  private boolean isStopping;

  /**
   * A listener, not yet listening.
   *
   * @param routes asked in this order
   */
  public ClientListener(Vertx vertx, Replies replies, List<ApiRoute> routes) {
    this.replies = replies;
    this.routes = List.copyOf(routes);
    HttpServerOptions options =
        new HttpServerOptions()
            .setMaxInitialLineLength(LINE_BYTES_MAX)
            .setMaxHeaderSize(HEADER_BYTES_MAX)
            .setHandle100ContinueAutomatically(true)
            .setHttp2ClearTextEnabled(true)
            // No WebSocket is served: without these, no handler for them stands in the pipeline.
            .setPerFrameWebSocketCompressionSupported(false)
            .setPerMessageWebSocketCompressionSupported(false);
    this.server =
        vertx
            .createHttpServer(options)
            .requestHandler(this::handle)
            .invalidRequestHandler(this::refuse);
  }

  /**
   * Begins to listen. To be called on the loop that shall serve.
   *
   * @return the port, which matters if 0 was asked for
   */
  public Future<Integer> start(int port, String host) {
    return server.listen(port, host).map(HttpServer::actualPort);
  }

  /**
   * Stops listening and refuses what still comes. What is not answered within moments, a watch
   * above all, loses its connection without an end to its body, so that clients see it was cut. To
   * be called on the loop that serves.
   */
  public Future<Void> stop() {
    isStopping = true;
    return server.shutdown(STOP_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void handle(HttpServerRequest request) {
    if (isStopping) {
      request.connection().close();
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
    switch (RequestTarget.of(request.uri())) {
      case RequestTarget.Malformed() when isOptionsOfServer(request) -> answerOptions(request);
      case RequestTarget.Malformed() -> replies.malformed(request, 400, "400 Bad Request");
      case RequestTarget.Moved _ when isOptions(request) -> answerOptions(request);
      case RequestTarget.Moved(String location) -> {
        replies.addCors(request.response());
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
    replies.addCors(request.response());
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
    replies.addCors(request.response());
    replies.end(request, 200, "");
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
