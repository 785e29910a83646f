package dev.remora.agent.local;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One request: its path in segments, its parameters, and its answer, which is given once. */
final class Call {
  static final Duration WAIT_MAX = Duration.ofMinutes(10);
  private static final Pattern WAIT = Pattern.compile("([0-9]{1,9})(ms|s|m)");

  private final HttpServerRequest request;
  private final List<String> path;

  /** Takes a request; fails if its path is not properly encoded. */
  Call(HttpServerRequest request) throws BadRequestException {
    this.request = request;
    this.path = segments(request.path());
  }

  /** The request asks for something that cannot be; the message tells what. */
  static final class BadRequestException extends Exception {
    private static final long serialVersionUID = 1L;

    BadRequestException(String message) {
      super(message);
    }
  }

  private static List<String> segments(@Nullable String path) throws BadRequestException {
    List<String> segments = new ArrayList<>();
    for (String segment : (path == null ? "" : path).split("/", -1)) {
      try {
        segments.add(URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8));
      } catch (IllegalArgumentException _) {
        throw new BadRequestException("the path is not properly percent-encoded");
      }
    }
    return List.copyOf(segments.subList(1, Math.max(1, segments.size())));
  }

  HttpServerRequest request() {
    return request;
  }

  HttpServerResponse response() {
    return request.response();
  }

  String method() {
    return request.method().name();
  }

  List<String> path() {
    return path;
  }

  String segment(int place) {
    return path.get(place);
  }

  /** Whether a parameter is given, without a value or with true. */
  boolean flag(String name) throws BadRequestException {
    String value = request.getParam(name);
    if (value == null || value.equals("false")) {
      return false;
    }
    if (value.isEmpty() || value.equals("true")) {
      return true;
    }
    throw new BadRequestException(name + " must be true or false, but is '" + value + "'");
  }

  long number(String name, long fallback) throws BadRequestException {
    String value = request.getParam(name);
    if (value == null) {
      return fallback;
    }
    if (!value.matches("[0-9]{1,18}")) {
      throw new BadRequestException(name + " must be a whole number, but is '" + value + "'");
    }
    return Long.parseLong(value);
  }

  Duration duration(String name, Duration fallback) throws BadRequestException {
    String value = request.getParam(name);
    if (value == null) {
      return fallback;
    }
    Matcher matcher = WAIT.matcher(value);
    if (!matcher.matches()) {
      throw new BadRequestException(
          name + " must be a duration such as 250ms, 5s or 1m, but is '" + value + "'");
    }
    long amount = Long.parseLong(matcher.group(1));
    Duration given =
        switch (matcher.group(2)) {
          case "ms" -> Duration.ofMillis(amount);
          case "s" -> Duration.ofSeconds(amount);
          default -> Duration.ofMinutes(amount); // The pattern leaves no other unit.
        };
    if (given.compareTo(WAIT_MAX) > 0) {
      throw new BadRequestException(name + " must be at most " + WAIT_MAX.toMinutes() + "m");
    }
    return given;
  }

  String text(String name, String fallback) {
    String value = request.getParam(name);
    return value == null ? fallback : value;
  }

  void answer(int status, JsonObject body) {
    answer(status, "application/json", body.toBuffer().appendByte((byte) '\n'));
  }

  void answer(int status, JsonArray body) {
    answer(status, "application/json", body.toBuffer().appendByte((byte) '\n'));
  }

  /** Answers, unless the other side has gone or was answered already. */
  void answer(int status, String type, Buffer body) {
    HttpServerResponse response = request.response();
    if (!response.ended() && !response.closed()) {
      var _ = response.setStatusCode(status).putHeader("Content-Type", type).end(body);
    }
  }

  /** Answers with what is wrong, and what to do about it. */
  void refuse(int status, String error) {
    answer(status, new JsonObject().put("error", error));
  }
}
