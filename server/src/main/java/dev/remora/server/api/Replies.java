package dev.remora.server.api;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * What all parts of the client port answer alike. Not thread-safe: for one event loop.
 *
 * <p>Headers go in etcd's order: by name, then Date, then the length.
 */
public final class Replies {
  private static final CharSequence ALLOW_HEADERS =
      HttpHeaders.createOptimized("Access-Control-Allow-Headers");
  private static final CharSequence ALLOW_METHODS =
      HttpHeaders.createOptimized("Access-Control-Allow-Methods");
  private static final CharSequence ALLOW_ORIGIN =
      HttpHeaders.createOptimized("Access-Control-Allow-Origin");
  private static final CharSequence HEADERS =
      HttpHeaders.createOptimized("accept, content-type, authorization");
  private static final CharSequence METHODS =
      HttpHeaders.createOptimized("POST, GET, OPTIONS, PUT, DELETE");
  private static final CharSequence ANY = HttpHeaders.createOptimized("*");
  private static final CharSequence DATE = HttpHeaders.createOptimized("Date");
  private static final CharSequence CONTENT_LENGTH = HttpHeaders.createOptimized("Content-Length");
  private static final DateTimeFormatter DATE_FORMAT =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final long NANOS_A_SECOND = 1_000_000_000;
  private static final String TEXT = "text/plain; charset=utf-8";

  private final LongSupplier wallNanos;
  private long dateSecond = Long.MIN_VALUE;
  private CharSequence date = "";

  /**
   * Replies dated by a clock.
   *
   * @param wallNanos nanoseconds since 1970
   */
  public Replies(LongSupplier wallNanos) {
    this.wallNanos = wallNanos;
  }

  /** Adds what browsers ask for; etcd's default policy lets everybody in. */
  void addCors(HttpServerResponse response) {
    addCors(response, ANY);
  }

  /** Adds what browsers ask for, for one origin. */
  void addCors(HttpServerResponse response, CharSequence origin) {
    response
        .headers()
        .add(ALLOW_HEADERS, HEADERS)
        .add(ALLOW_METHODS, METHODS)
        .add(ALLOW_ORIGIN, origin);
  }

  /** Adds the date, made anew once a second. */
  public void addDate(HttpServerResponse response) {
    long second = Math.floorDiv(wallNanos.getAsLong(), NANOS_A_SECOND);
    if (second != dateSecond) {
      dateSecond = second;
      date = HttpHeaders.createOptimized(DATE_FORMAT.format(Instant.ofEpochSecond(second)));
    }
    response.headers().add(DATE, date);
  }

  /** Answers with a body, or only its length to HEAD, after the headers that are set already. */
  public void end(HttpServerRequest request, int status, String body) {
    HttpServerResponse response = request.response().setStatusCode(status);
    addDate(response);
    end(request, body);
  }

  /** Answers with a short plain text whose type etcd names, as it does of its refusals. */
  public void text(HttpServerRequest request, int status, String body) {
    request
        .response()
        .putHeader("Content-Type", TEXT)
        .putHeader("X-Content-Type-Options", "nosniff");
    end(request, status, body);
  }

  /** Answers 200 with a short plain text whose type etcd's server guesses, and puts last. */
  public void sniffedText(HttpServerRequest request, String body) {
    HttpServerResponse response = request.response();
    addDate(response);
    response.headers().add(CONTENT_LENGTH, String.valueOf(lengthOf(body)));
    response.putHeader("Content-Type", TEXT);
    end(request, body);
  }

  /** Answers that nothing is at this path. */
  void notFound(HttpServerRequest request) {
    text(request, 404, "404 page not found\n");
  }

  /**
   * Answers that the path does not take this method.
   *
   * @param allowed the methods it takes, joined by commas
   */
  public void notAllowed(HttpServerRequest request, String allowed) {
    request.response().putHeader("Allow", allowed);
    text(request, 405, "Method Not Allowed\n");
  }

  /** Sends elsewhere, with the link for a reader that etcd's server writes. */
  void moved(HttpServerRequest request, String location) {
    HttpMethod method = request.method();
    boolean isGet = method.equals(HttpMethod.GET);
    if (isGet || method.equals(HttpMethod.HEAD)) {
      request.response().putHeader("Content-Type", "text/html; charset=utf-8");
    }
    request.response().putHeader("Location", location);
    if (method.equals(HttpMethod.HEAD)) {
      // etcd's server writes no link here, so it does not know how long that would be.
      addDate(request.response().setStatusCode(301));
      request.response().end();
    } else {
      end(request, 301, isGet ? link(location) : "");
    }
  }

  /** Refuses what is not HTTP as etcd's server understands it, and ends the connection. */
  void malformed(HttpServerRequest request, int status, String message) {
    HttpServerResponse response = request.response().setStatusCode(status);
    response.headers().clear();
    response.putHeader("Content-Type", TEXT).putHeader("Connection", "close");
    response.end(message).onComplete(_ -> request.connection().close());
  }

  private static String link(String location) {
    String escaped =
        location
            .replace("&", "&amp;")
            .replace("<", "&lt;")
            .replace(">", "&gt;")
            .replace("\"", "&#34;")
            .replace("'", "&#39;");
    return "<a href=\"" + escaped + "\">Moved Permanently</a>.\n\n";
  }

  private static void end(HttpServerRequest request, String body) {
    HttpServerResponse response = request.response();
    response.headers().set(CONTENT_LENGTH, String.valueOf(lengthOf(body)));
    if (request.method().equals(HttpMethod.HEAD)) {
      response.end();
    } else {
      response.end(body);
    }
  }

  private static int lengthOf(String body) {
    return body.getBytes(StandardCharsets.UTF_8).length;
  }
}
